import FoundationEssentials

/// A record of topic `lifecycle` in words.
///
///     2026-11-21T12:00:00.000Z  dev1  connected     tls 192.0.2.1:49152  MQTT 5.0
///     2026-11-21T12:00:09.000Z  dev1  disconnected  tls 192.0.2.1:49152  keepAliveTimeout (0x8D)
///     2026-11-21T12:00:10.000Z  -     refused       tcp 192.0.2.7:51000  “dev2”: the token has expired (0x87)
///     2026-11-21T12:00:11.000Z  -     refused       5,321 more
///     2026-11-21T12:00:12.000Z  dev1  gap           readings 50 to 59 of epoch 7: dropped
enum LifecycleText {
    private struct Record: Decodable {
        struct Properties: Decodable {
            var opType: String
            var applicationName: String?
        }

        struct Body: Decodable {
            var clientId: String?
            var remoteAddress: String?
            var transport: String?
            var `protocol`: String?
            var reason: String?
            var reasonCode: Int?
            var droppedMessages: Int?
            var count: Int?
            var epoch: Int?
            var first: Int?
            var last: Int?
        }

        var applicationProperties: Properties
        var body: Body
    }

    /// What happened to whom; `nil` for a record of another kind.
    ///
    /// - Parameter record: the record's line of JSON.
    /// - Returns: the application it happened to, for a record that names no device, and the words.
    static func words(_ record: [UInt8]) -> (application: String?, text: String)? {
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(record)),
            let text = LifecycleText.text(record.body, type: record.applicationProperties.opType)
        else { return nil }
        return (record.applicationProperties.applicationName.map { "application \($0)" }, text)
    }

    private static func text(_ body: Record.Body, type: String) -> String? {
        let peer = [body.transport, body.remoteAddress].compactMap { $0 }.joined(separator: " ")
        let code = body.reasonCode.map { " (0x\(LifecycleText.hex($0)))" } ?? ""
        let reason = (body.reason ?? "") + code
        let parts: [String?] =
            switch type {
            case "deviceConnected", "applicationConnected":
                ["connected   ", peer, body.protocol]
            case "deviceDisconnected", "applicationDisconnected":
                ["disconnected", peer, reason, body.droppedMessages.map { "\($0) messages dropped" }]
            case "connectionRefused":
                ["refused     ", peer, "“\(body.clientId ?? "")”: \(reason)"]
            case "connectionsRefused":
                ["refused     ", "\(body.count ?? 0) more"]
            case "sessionQueueFull":
                ["queue full  ", "“\(body.clientId ?? "")” reads too slowly: new messages for it are dropped"]
            case "readingGap":
                [
                    "gap         ",
                    "readings \(body.first ?? 0) to \(body.last ?? 0) of epoch \(body.epoch ?? 0): \(reason)",
                ]
            default:
                []
            }
        guard !parts.isEmpty else { return nil }
        return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private static func hex(_ code: Int) -> String {
        let digits = String(code, radix: 16, uppercase: true)
        return digits.count < 2 ? "0\(digits)" : digits
    }
}
