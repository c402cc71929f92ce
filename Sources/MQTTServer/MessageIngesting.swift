package import NIOCore
package import TelemetryModel

/// Decides which messages of ordinary topics become telemetry. Called on event loops: quick, and never waits.
package protocol MessageIngesting: Sendable {
    /// Asked once per connection and topic.
    ///
    /// - Parameters:
    ///   - topic: a checked topic name.
    ///   - principal: who publishes; `nil` = the gateway itself.
    /// - Returns: the rule, `nil` when the topic is brokered only.
    func rule(for topic: String, from principal: Principal?) -> (any IngestRule)?
}

/// How the messages of one topic become records. Called on any event loop, by many at a time.
package protocol IngestRule: AnyObject, Sendable {
    /// Whether subscribers get the message, too.
    var isBrokered: Bool { get }
    /// Reads a message.
    func ingest(payload: ByteBuffer, isRetained: Bool) -> IngestResult
}

/// What a message became: a message that says nothing for the log, such as a birth certificate, becomes nothing.
package struct IngestResult: Sendable {
    /// Telemetry.
    package var records: [IngestedRecord]
    /// The message itself, when it could not be read, or not all of it: acknowledged when it is in the log.
    package var deadLetter: DeadLetter?

    /// A result.
    package init(records: [IngestedRecord] = [], deadLetter: DeadLetter? = nil) {
        self.records = records
        self.deadLetter = deadLetter
    }
}

/// A message that its rule could not read, as it is kept in the topic of dead letters.
package struct DeadLetter: Equatable, Sendable {
    /// The record's key: who published it.
    package var key: [UInt8]
    /// The message as it came.
    package var value: ByteBuffer
    /// Why it is here, and where it came from.
    package var headers: [IngestedRecord.Header]

    /// A dead letter.
    package init(key: [UInt8], value: ByteBuffer, headers: [IngestedRecord.Header]) {
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// Telemetry made of a message.
package struct IngestedRecord: Equatable, Sendable {
    /// An application property of the record.
    package struct Header: Equatable, Sendable {
        package var name: String
        package var value: String

        /// A property.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var device: IdentityID
    package var value: ByteBuffer
    package var headers: [Header]

    /// A record of a device.
    package init(device: IdentityID, value: ByteBuffer, headers: [Header] = []) {
        self.device = device
        self.value = value
        self.headers = headers
    }
}
