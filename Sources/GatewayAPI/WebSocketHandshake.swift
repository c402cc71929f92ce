import Crypto
import FoundationEssentials

/// What the head of a connection's first request asks for: MQTT or AMQP over WebSocket, or ordinary HTTP.
///
/// Pure. Spec: RFC 6455 §4.2.1 and §4.2.2, MQTT 5.0 §6, contract iothub-mqtt section 1.
enum WebSocketHandshake: Equatable {
    /// Not decided yet: more bytes are needed.
    case incomplete
    /// Nothing for us: the bytes are the HTTP server's, also where they are not HTTP at all.
    case ordinary
    /// The upgrade is granted.
    case accept(WebSocketService, key: String)
    /// The upgrade is refused.
    case refuse(status: Int, sentence: String)

    /// Bytes of the longest head that is looked at; a longer one is no upgrade.
    static let headBytesMax = 16 << 10

    private static let method = Array("GET ".utf8)

    /// Decides as soon as it can: after four bytes for anything but GET.
    ///
    /// - Parameters:
    ///   - bytes: the head, or all that came of it.
    ///   - isComplete: whether the empty line that ends it was seen.
    init(head bytes: some Collection<UInt8>, isComplete: Bool) {
        guard bytes.prefix(4).elementsEqual(WebSocketHandshake.method.prefix(bytes.count)) else {
            self = .ordinary
            return
        }
        guard isComplete else {
            self = bytes.count < WebSocketHandshake.headBytesMax ? .incomplete : .ordinary
            return
        }
        self = WebSocketHandshake.answer(to: String(decoding: bytes, as: UTF8.self))
    }

    private static func answer(to head: String) -> WebSocketHandshake {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        let request = lines.first?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        var fields: [(name: String, value: Substring)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return .ordinary }
            fields.append((line[..<colon].lowercased(), trimmed(line[line.index(after: colon)...])))
        }
        func values(_ name: String) -> [Substring] { fields.filter { $0.name == name }.map(\.value) }
        func tokens(_ name: String) -> [Substring] {
            values(name).flatMap { $0.split(separator: ",") }.map(trimmed)
        }
        guard request.count == 3,
            tokens("upgrade").contains(where: { $0.lowercased() == "websocket" }),
            tokens("connection").contains(where: { $0.lowercased() == "upgrade" })
        else { return .ordinary }

        let path = request[1].prefix { $0 != "?" }
        guard let service = WebSocketService.allCases.first(where: { $0.paths.contains { $0 == path } }) else {
            let sentence = "WebSockets are served at /mqtt and /$iothub/websocket, and /$servicebus/websocket for AMQP"
            return .refuse(status: 404, sentence: sentence)
        }
        guard request[2] == "HTTP/1.1" else {
            return .refuse(status: 400, sentence: "a WebSocket begins with HTTP/1.1")
        }
        guard values("sec-websocket-version").map(String.init) == ["13"] else {
            return .refuse(status: 426, sentence: "Sec-WebSocket-Version must be 13")
        }
        guard let key = values("sec-websocket-key").first, values("sec-websocket-key").count == 1, isKey(key) else {
            return .refuse(status: 400, sentence: "Sec-WebSocket-Key must be base64 of 16 bytes")
        }
        guard tokens("sec-websocket-protocol").contains(where: { $0 == service.subprotocol }) else {
            let sentence =
                "Sec-WebSocket-Protocol must offer “\(service.subprotocol)”, which is all that is spoken here"
            return .refuse(status: 400, sentence: sentence)
        }
        guard values("transfer-encoding").isEmpty, values("content-length").allSatisfy({ $0 == "0" }) else {
            return .refuse(status: 400, sentence: "a request to upgrade has no body")
        }
        return .accept(service, key: String(key))
    }

    /// The value of `Sec-WebSocket-Accept`. RFC 6455 §4.2.2 item 5.4.
    static func acceptValue(for key: String) -> String {
        let accepted = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Data(Insecure.SHA1.hash(data: Data(accepted.utf8))).base64EncodedString()
    }

    private static func isKey(_ text: Substring) -> Bool {
        Data(base64Encoded: String(text))?.count == 16
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let head = text.drop(while: isSpace)
        guard let last = head.lastIndex(where: { !isSpace($0) }) else { return head.prefix(0) }
        return head[...last]
    }
}
