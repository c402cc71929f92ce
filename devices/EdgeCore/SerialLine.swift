package import SensorKit

/// A serial port as sensors are configured on it; all sensors of a port have the same.
package struct SerialLine: Equatable, Sendable {
    /// Path of the port, such as `/dev/serial/by-id/…`.
    package var port: String
    package var settings: SerialSettings
    /// How long an answer may be in coming.
    package var replyMilliseconds: Int

    package init(port: String, settings: SerialSettings, replyMilliseconds: Int) {
        self.port = port
        self.settings = settings
        self.replyMilliseconds = replyMilliseconds
    }
}

/// Who begins on a line of text. Commands are sent as they are, with their line ends.
package enum LineConversation: Equatable, Sendable {
    /// The sensor talks by itself, perhaps after a command when the port is opened (else empty).
    case streams(greeting: String)
    /// The sensor answers this.
    case asked(String)
}
