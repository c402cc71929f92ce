import TelemetryJSON

/// What became of a message as one readable line: when, which device, how it ended, which message.
///
///     2026-11-21T03:53:59Z  dev1  Success  m9
///     2026-11-21T03:54:12Z  dev1  Expired  m10  Message expired
enum FeedbackText {
    /// The line of a feedback record. Source: contract iothub-rest section 6.
    static func line(_ record: JSONObject, for console: Console) -> String {
        let code = record["statusCode"]?.string ?? "unknown"
        let description = record["description"]?.string ?? ""
        let parts = [
            console.colored(record["enqueuedTimeUtc"]?.string ?? "", .faint),
            console.colored(EventText.printable(record["deviceId"]?.string ?? "-"), .name),
            console.colored(EventText.printable(code), code == "Success" ? .good : .warning),
            EventText.printable(record["originalMessageId"]?.string ?? "-"),
            description == code ? "" : EventText.printable(description),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
