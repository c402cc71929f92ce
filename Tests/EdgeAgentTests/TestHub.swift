import Foundation
import Synchronization
import TestSupport

/// A hub on a loopback port that speaks as much MQTT 3.1.1 as the agent needs: it acknowledges telemetry, keeps a twin and
/// calls methods. Stands for the gateway where the agent's side of twin and methods is tested.
///
/// One connection at a time, on a thread of its own; plain TCP, which the agent takes for this machine only.
final class TestHub: Sendable {
    struct Message: Sendable {
        var topic: String
        var payload: Data

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: self.payload) as? [String: Any]) ?? [:] }
    }

    private struct State {
        var connection: Int32 = -1
        var connections = 0
        var messages: [Message] = []
        var filters: [String] = []
        var desired: [String: Data] = [:]
        var desiredVersion = 1
        var reported = Data("{}".utf8)
        var reportedVersion = 1
        var calls = 0
        /// Of the answers to questions about the twin.
        var twinStatus = 200
        var isClosed = false
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    init() throws {
        self.listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bytes in
                bind(listener, bytes, length) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, bytes, &length) == 0
            }
        }
        guard isListening else { throw TestBroker.SetupError(message: "no port for the hub") }
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(self.listener) }

    /// Serves until ``stop()``; call it once.
    func start() {
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(self.listener, nil, nil)
                guard connection >= 0, !self.state.withLock({ $0.isClosed }) else { return }
                self.state.withLock { state in
                    state.connection = connection
                    state.connections += 1
                    state.filters = []
                }
                self.serve(connection)
                self.state.withLock { $0.connection = -1 }
                close(connection)
            }
        }
    }

    func stop() {
        self.state.withLock { $0.isClosed = true }
        shutdown(self.listener, Int32(SHUT_RDWR))
        self.drop()
    }

    /// Ends the connection.
    func drop() {
        let connection = self.state.withLock { $0.connection }
        if connection >= 0 { shutdown(connection, Int32(SHUT_RDWR)) }
    }

    // MARK: What a service does

    /// Sets members of the desired section, as text of JSON values; `nil` takes one away.
    func desire(_ members: [String: String?], notifies: Bool = true) {
        let version = self.state.withLock { state in
            for (name, value) in members { state.desired[name] = value.map { Data($0.utf8) } }
            state.desiredVersion += 1
            return state.desiredVersion
        }
        guard notifies else { return }
        self.publish(
            "$iothub/twin/PATCH/properties/desired/?$version=\(version)",
            Data("{\"$version\":\(version)}".utf8)
        )
    }

    /// Calls a method and waits for its answer.
    func call(_ name: String, _ payload: String = "") async throws -> (status: String, json: [String: Any])? {
        let id = self.state.withLock { state in
            state.calls += 1
            return "call\(state.calls)"
        }
        self.publish("$iothub/methods/POST/\(name)/?$rid=\(id)", Data(payload.utf8))
        func answer() -> Message? {
            self.messages.first { $0.topic.hasPrefix("$iothub/methods/res/") && $0.topic.hasSuffix("?$rid=\(id)") }
        }
        try await eventually("\(name) is answered") { answer() != nil }
        guard let message = answer() else { return nil }
        return (message.topic.components(separatedBy: "/")[3], message.json)
    }

    func refuseTwin(with status: Int) {
        self.state.withLock { $0.twinStatus = status }
    }

    // MARK: What came

    var messages: [Message] { self.state.withLock { $0.messages } }
    var connections: Int { self.state.withLock { $0.connections } }
    var filters: [String] { self.state.withLock { $0.filters } }

    /// The reported section.
    var reported: [String: Any] {
        let bytes = self.state.withLock { $0.reported }
        return (try? JSONSerialization.jsonObject(with: bytes) as? [String: Any]) ?? [:]
    }

    /// Telemetry readings whose topic has a text, or has not.
    func readings(with property: String? = nil, without other: String = "weir-type") -> [[String: Any]] {
        self.messages.filter { message in
            message.topic.contains("/messages/events/")
                && (property.map(message.topic.contains) ?? !message.topic.contains(other))
        }
        .flatMap { message -> [[String: Any]] in
            let value = try? JSONSerialization.jsonObject(with: message.payload)
            return value as? [[String: Any]] ?? (value as? [String: Any]).map { [$0] } ?? []
        }
    }

    // MARK: MQTT

    private func serve(_ connection: Int32) {
        while let first = Self.read(1, from: connection)?.first {
            var length = 0
            var shift = 0
            repeat {
                guard let byte = Self.read(1, from: connection)?.first else { return }
                length |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            } while shift < 28
            guard let body = Self.read(length, from: connection) else { return }
            switch first >> 4 {
            case 1: self.send([0x20, 2, 0, 0], on: connection)  // CONNACK
            case 3: self.published(body, qos: (first >> 1) & 3, on: connection)
            case 8: self.subscribed(body, on: connection)
            case 12: self.send([0xD0, 0], on: connection)  // PINGRESP
            case 14: return
            default: break
            }
        }
    }

    private func subscribed(_ body: [UInt8], on connection: Int32) {
        let length = Int(body[2]) << 8 | Int(body[3])
        let filter = String(decoding: body[4..<4 + length], as: UTF8.self)
        self.state.withLock { $0.filters.append(filter) }
        self.send([0x90, 3, body[0], body[1], 0], on: connection)
    }

    private func published(_ body: [UInt8], qos: UInt8, on connection: Int32) {
        let length = Int(body[0]) << 8 | Int(body[1])
        let topic = String(decoding: body[2..<2 + length], as: UTF8.self)
        var rest = body[(2 + length)...]
        var packetID: [UInt8] = []
        if qos > 0 {
            packetID = Array(rest.prefix(2))
            rest = rest.dropFirst(2)
        }
        let message = Message(topic: topic, payload: Data(rest))
        self.state.withLock { $0.messages.append(message) }
        if qos > 0 { self.send([0x40, 2] + packetID, on: connection) }
        let id = topic.components(separatedBy: "$rid=").last ?? ""
        if topic.hasPrefix("$iothub/twin/GET/") {
            let status = self.state.withLock { $0.twinStatus }
            self.publish("$iothub/twin/res/\(status)/?$rid=\(id)", self.twin)
        } else if topic.hasPrefix("$iothub/twin/PATCH/properties/reported/") {
            let version = self.merge(message.json)
            self.publish("$iothub/twin/res/204/?$rid=\(id)&$version=\(version)", Data())
        }
    }

    private var twin: Data {
        self.state.withLock { state in
            var text = "{\"desired\":{"
            for (name, value) in state.desired.sorted(by: { $0.key < $1.key }) {
                text += "\"\(name)\":\(String(decoding: value, as: UTF8.self)),"
            }
            text += "\"$version\":\(state.desiredVersion)},\"reported\":"
            let reported = String(decoding: state.reported, as: UTF8.self).dropLast()
            let comma = reported.count > 1 ? "," : ""
            text += "\(reported)\(comma)\"$version\":\(state.reportedVersion)}}"
            return Data(text.utf8)
        }
    }

    private func merge(_ patch: [String: Any]) -> Int {
        func merged(_ object: [String: Any], _ patch: [String: Any]) -> [String: Any] {
            var result = object
            for (name, value) in patch {
                if value is NSNull {
                    result[name] = nil
                } else if let inner = value as? [String: Any] {
                    result[name] = merged(result[name] as? [String: Any] ?? [:], inner)
                } else {
                    result[name] = value
                }
            }
            return result
        }
        let document = merged(self.reported, patch)
        let bytes = (try? JSONSerialization.data(withJSONObject: document)) ?? Data("{}".utf8)
        return self.state.withLock { state in
            state.reported = bytes
            state.reportedVersion += 1
            return state.reportedVersion
        }
    }

    private func publish(_ topic: String, _ payload: Data) {
        let name = Array(topic.utf8)
        let body = [UInt8(name.count >> 8), UInt8(name.count & 0xFF)] + name + payload
        var packet: [UInt8] = [0x30]
        var length = body.count
        repeat {
            packet.append(UInt8(length % 128) | (length >= 128 ? 0x80 : 0))
            length /= 128
        } while length > 0
        self.send(packet + body, on: self.state.withLock { $0.connection })
    }

    private func send(_ bytes: [UInt8], on connection: Int32) {
        _ = Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private static func read(_ count: Int, from connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes {
                recv(connection, $0.baseAddress?.advanced(by: done), count - done, 0)
            }
            guard result > 0 else { return nil }
            done += result
        }
        return bytes
    }
}
