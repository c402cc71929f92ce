import TelemetryJSON

/// An event of the hub in words: identities made and deleted, twins changed, methods called, what became of messages, jobs
/// and configurations.
///
///     2026-11-21T12:00:00.000Z  dev1  created       by policy:service
///     2026-11-21T12:00:01.000Z  dev1  v3  policy:service  update   desired.interval: 5 → 10
///     2026-11-21T12:00:02.000Z  dev1  method reboot  by policy:service  answered 200 in 12 ms
///     2026-11-21T12:00:03.000Z  dev1  message m9  expired
///     2026-11-21T12:00:04.000Z  -     job j1  running  by policy:service
///     2026-11-21T12:00:05.000Z  dev1  certificate 4F…  revoked  (keyCompromise)  by policy:iothubowner
enum HubEventText {
    /// The words; `nil` for a record of another kind.
    static func words(_ record: [UInt8]) -> String? {
        guard let record = try? JSONValue(parsing: record).object, let body = record["body"]?.object,
            let operation = record["applicationProperties"]?.object?["opType"]?.string
        else { return nil }
        let author = (body["by"] ?? body["author"] ?? body["change"]?.object?["by"])?.string.map { "by \($0)" }
        switch operation {
        case "createDeviceIdentity":
            return self.joined("created     ", author)
        case "deleteDeviceIdentity":
            return self.joined("deleted     ", author)
        case "updateTwin", "replaceTwin":
            return TwinHistoryText.words(body)
        case "directMethod":
            return self.method(body, author: author)
        case "issueCertificate", "revokeCertificate":
            guard let serial = body["serial"]?.string else { return nil }
            let outcome = operation == "issueCertificate" ? "issued" : "revoked"
            return self.joined("certificate \(serial)", outcome, body["reason"]?.string.map { "(\($0))" }, author)
        case "enqueueMessage", "completeMessage", "rejectMessage", "expireMessage", "deadLetterMessage", "purgeMessage":
            return self.message(body, operation: operation, author: author)
        default:
            guard let (noun, id) = self.subject(body) else { return nil }
            let suffix = noun.prefix(1).uppercased() + noun.dropFirst()
            guard operation.hasSuffix(suffix) else { return nil }
            let reason = body["failureReason"]?.string.map { "(\($0))" }
            return self.joined("\(noun) \(id)", String(operation.dropLast(suffix.count)), reason, author)
        }
    }

    private static func method(_ body: JSONObject, author: String?) -> String? {
        guard let method = body["method"]?.string, let outcome = body["outcome"]?.string else { return nil }
        let status = body["status"]?.integer.map { " \($0)" } ?? ""
        let duration = body["durationMilliseconds"]?.integer.map { " in \($0) ms" } ?? ""
        return self.joined("method \(method)", author, outcome + status + duration)
    }

    private static func message(_ body: JSONObject, operation: String, author: String?) -> String {
        let outcome =
            switch operation {
            case "enqueueMessage": "queued"
            case "completeMessage": "delivered"
            case "rejectMessage": "rejected"
            case "expireMessage": "expired"
            case "deadLetterMessage": "given up after \(body["deliveryCount"]?.integer ?? 0) deliveries"
            default: "purged"
            }
        return self.joined("message \(body["messageId"]?.string ?? "without id")", outcome, author)
    }

    /// What an event without a device is about.
    private static func subject(_ body: JSONObject) -> (noun: String, id: String)? {
        if let id = body["jobId"]?.string { return ("job", id) }
        if let id = body["configurationId"]?.string { return ("configuration", id) }
        return nil
    }

    private static func joined(_ parts: String?...) -> String {
        parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
