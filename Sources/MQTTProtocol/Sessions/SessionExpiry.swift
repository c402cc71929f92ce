package import MQTTCodec

/// How long a session outlives its connection. Spec: MQTT 5.0 §3.1.2.11.2, §3.14.2.2.2.
package struct SessionExpiry: Equatable, Sendable {
    /// Seconds; 0 ends the session with its connection, ``neverSeconds`` never ends it.
    package private(set) var seconds: UInt32

    /// The value that means for ever.
    package static let neverSeconds = UInt32.max

    /// An interval as a store keeps it.
    package init(seconds: UInt32) {
        self.seconds = seconds
    }

    /// The interval of a CONNECT.
    ///
    /// - Parameters:
    ///   - version: of the connection. In 3.1.1 a session that is not clean never ends by itself.
    ///   - cleanSession: the flag Clean Session or Clean Start.
    ///   - requestedSeconds: the property of MQTT 5; absent means 0. [MQTT-3.1.2-23]
    ///   - secondsMax: the longest the server grants; CONNACK tells when it is less than asked. §3.2.2.3.2
    package init(version: MQTTVersion, cleanSession: Bool, requestedSeconds: UInt32?, secondsMax: UInt32) {
        switch version {
        case .v311: self.seconds = cleanSession ? 0 : secondsMax
        case .v5: self.seconds = min(requestedSeconds ?? 0, secondsMax)
        }
    }

    /// Whether the session is kept when its connection ends.
    package var isPersistent: Bool { self.seconds > 0 }

    /// DISCONNECT carries an interval.
    ///
    /// - Returns: false when the client asks for a life after death: from 0 to more, a protocol error. §3.14.2.2.2
    package mutating func change(to seconds: UInt32, secondsMax: UInt32) -> Bool {
        guard self.seconds > 0 || seconds == 0 else { return false }
        self.seconds = min(seconds, secondsMax)
        return true
    }

    /// When the session ends, on the clock of `disconnectedAt`; `nil` for never.
    package func end(disconnectedAt: Duration) -> Duration? {
        self.seconds == Self.neverSeconds ? nil : disconnectedAt + .seconds(Int64(self.seconds))
    }

    /// Whether a session whose connection ended then has ended, too.
    package func hasEnded(disconnectedAt: Duration, at now: Duration) -> Bool {
        self.end(disconnectedAt: disconnectedAt).map { now >= $0 } ?? false
    }
}
