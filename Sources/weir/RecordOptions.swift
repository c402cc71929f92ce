import ArgumentParser
import GatewayClient
import TelemetryModel

/// Which records of a topic a command shows.
struct RecordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "First record: earliest, end, an offset, or a time (2026-11-21T04:33:00Z).",
            valueName: "place"
        )
    )
    var from: String?

    @Option(
        help: ArgumentHelp("First record no longer shown: end, an offset, or a time.", valueName: "place")
    )
    var to: String?

    @Option(help: ArgumentHelp("Only this device's records, or device/module.", valueName: "id"))
    var device: String?

    @Option(help: ArgumentHelp("Only this partition's records.", valueName: "n"))
    var partition: Int?

    @Option(help: ArgumentHelp("At most so many records.", valueName: "n"))
    var max: Int?

    func validate() throws {
        for (name, value) in [("--from", self.from), ("--to", self.to)] {
            guard let value, !RecordOptions.isPlace(value) else { continue }
            throw ValidationError(
                "\(name) is “\(value)”, expected earliest, end, an offset or a time such as 2026-11-21T04:33:00Z"
            )
        }
        if let device, IdentityID(device) == nil {
            throw ValidationError("--device is “\(device)”, expected a device id or device/module")
        }
        if let max, max < 0 { throw ValidationError("--max is \(max), expected 0 or more") }
    }

    /// What to ask the gateway for.
    ///
    /// - Parameters:
    ///   - follow: whether to wait for more at the end.
    ///   - start: where to begin when `--from` was not given.
    /// - Returns: the query.
    func query(follow: Bool, start: String) -> GatewayClient.RecordQuery {
        GatewayClient.RecordQuery(
            from: self.from ?? start,
            to: self.to,
            device: self.device,
            partition: self.partition,
            max: self.max,
            follow: follow
        )
    }

    /// Whether a followed stream can come to its end by itself.
    var isBounded: Bool { self.max != nil || self.to != nil }

    /// Whether the text is a place in a topic.
    static func isPlace(_ text: String) -> Bool {
        if text == "earliest" || text == "end" { return true }
        if let offset = Int64(text) { return offset >= 0 }
        return Timestamp(iso8601: text) != nil
    }
}
