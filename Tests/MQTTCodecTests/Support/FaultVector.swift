import MQTTCodec
import Testing

/// Bytes that are refused, with the fault and its place.
struct FaultVector: Sendable, CustomTestStringConvertible {
    private struct Content: Decodable {
        var name: String
        var bytes: String
        /// The code as Swift prints it, without module and type names.
        var error: String
        /// Bytes from the start of the fixed header.
        var at: Int
        /// What a server of MQTT 5 answers, such as `0x81`.
        var reason: String?
        /// Who sends it, when that matters: `client` or `server`.
        var sender: String?
    }

    let name: String
    let version: MQTTVersion
    let bytes: [UInt8]
    let error: String
    let offset: Int
    let reason: ReasonCode?
    let sender: PacketSender?

    var testDescription: String { "\(self.version): \(self.name)" }

    static let all: [FaultVector] = ["v311-malformed", "v5-malformed"].flatMap { name in
        VectorFile<Content>.cases(name).map { version, content in
            FaultVector(
                name: content.name,
                version: version,
                bytes: VectorFile<Content>.bytes(content.bytes),
                error: content.error,
                offset: content.at,
                reason: content.reason.flatMap { UInt8($0.dropFirst(2), radix: 16) }.map(ReasonCode.init(rawValue:)),
                sender: content.sender.map { $0 == "client" ? .client : .server }
            )
        }
    }

    /// The code as the vectors write it.
    static func text(_ code: PacketError.Code) -> String {
        "\(code)".replacing("MQTTCodec.PropertyID.", with: "")
    }
}
