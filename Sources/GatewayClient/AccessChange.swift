import TelemetryJSON

/// What to change of an identity's password, topics and limits; what is not named stays.
package struct AccessChange: Equatable, Sendable {
    /// What to do with the password.
    package enum Password: Equatable, Sendable {
        case keep
        case remove
        /// 8 to 256 bytes.
        case set(String)
        /// The text that an export has in the place of a password.
        case setHash(String)
    }

    /// What to do with the password.
    package var password: Password
    /// Filters it may publish to; `nil` keeps them.
    package var publish: [String]?
    /// Filters it may subscribe to; `nil` keeps them.
    package var subscribe: [String]?
    /// `nil` keeps them.
    package var limits: AccessDescription.Limits?

    /// A change; by default of nothing.
    package init(
        password: Password = .keep,
        publish: [String]? = nil,
        subscribe: [String]? = nil,
        limits: AccessDescription.Limits? = nil
    ) {
        self.password = password
        self.publish = publish
        self.subscribe = subscribe
        self.limits = limits
    }

    /// Whether nothing changes.
    package var isEmpty: Bool { self == AccessChange() }

    /// Writes the members into an object that is open.
    func writeMembers(to writer: inout JSONWriter) {
        switch self.password {
        case .keep: break
        case .remove:
            writer.key("password")
            writer.null()
        case .set(let password):
            writer.key("password")
            writer.string(password)
        case .setHash(let hash):
            writer.key("passwordHash")
            writer.string(hash)
        }
        if self.publish != nil || self.subscribe != nil {
            writer.key("permissions")
            writer.beginObject()
            for (name, filters) in [("publish", self.publish), ("subscribe", self.subscribe)] {
                guard let filters else { continue }
                writer.key(name)
                writer.beginArray()
                for filter in filters { writer.string(filter) }
                writer.endArray()
            }
            writer.endObject()
        }
        if let limits = self.limits {
            writer.key("limits")
            writer.beginObject()
            for (name, value) in [
                ("messagesPerSecond", limits.messagesPerSecond), ("bytesPerSecond", limits.bytesPerSecond),
                ("connectsPerMinute", limits.connectsPerMinute),
            ] {
                guard let value else { continue }
                writer.key(name)
                writer.number(value)
            }
            writer.endObject()
        }
    }
}
