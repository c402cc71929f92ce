internal import DeviceRegistry
internal import TelemetryJSON
internal import TelemetryModel

/// The record of a call in topic `commands`: who called what, when, and what came of it. Payloads are not in it.
///
/// ```json
/// {"kind":"directMethod","method":"reboot","by":"policy:service","outcome":"answered","status":200,
///  "durationMilliseconds":12,"responseTimeoutSeconds":30,"connectTimeoutSeconds":0}
/// ```
struct MethodRecord: Sendable {
    var call: MethodCall
    var author: String
    var outcome: MethodOutcome
    /// The device's, when it answered.
    var status: Int?
    var duration: Duration

    /// The event of a call that began then.
    func event(of id: IdentityID, at began: Timestamp) -> HubEvent {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("kind")
        writer.string("directMethod")
        writer.key("method")
        writer.string(self.call.name)
        writer.key("by")
        writer.string(self.author)
        writer.key("outcome")
        writer.string(self.outcome.rawValue)
        if let status = self.status {
            writer.key("status")
            writer.number(status)
        }
        writer.key("durationMilliseconds")
        writer.number(self.duration.wholeMilliseconds)
        writer.key("responseTimeoutSeconds")
        writer.number(self.call.responseTimeoutSeconds)
        writer.key("connectTimeoutSeconds")
        writer.number(self.call.connectTimeoutSeconds)
        writer.endObject()
        return HubEvent(
            topic: "commands",
            source: "weirCommandEvents",
            schema: "weirCommandNotification",
            operation: "directMethod",
            id: id,
            at: began,
            value: writer.bytes
        )
    }
}
