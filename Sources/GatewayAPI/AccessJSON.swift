import DeviceRegistry
import TelemetryJSON

/// Writes password, topics and limits as they are answered; the password itself is never among it.
enum AccessJSON {
    /// Writes the members into an object that is open.
    static func writeMembers(of access: IdentityAccess, to writer: inout JSONWriter) {
        writer.key("hasPassword")
        writer.bool(access.password != nil)
        writer.key("permissions")
        writer.beginObject()
        self.list("publish", access.topics.publish, to: &writer)
        self.list("subscribe", access.topics.subscribe, to: &writer)
        writer.endObject()
        writer.key("limits")
        writer.beginObject()
        for (name, value) in [
            ("messagesPerSecond", access.limits.messagesPerSecond), ("bytesPerSecond", access.limits.bytesPerSecond),
            ("connectsPerMinute", access.limits.connectsPerMinute),
        ] {
            guard let value else { continue }
            writer.key(name)
            writer.number(value)
        }
        writer.endObject()
    }

    private static func list(_ name: String, _ filters: [String], to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for filter in filters { writer.string(filter) }
        writer.endArray()
    }
}
