import TelemetryJSON

/// What one message, one rule file and the memory of birth certificates may cost at most.
///
/// A message beyond a limit becomes a dead letter that names the limit; it is never cut silently.
package enum IngestLimits {
    /// Bytes of a message: the hub's own limit (contract iothub-mqtt section 13).
    package static let payloadBytesMax = 262_144
    /// Objects of one JSON array, each of which becomes a record.
    package static let recordsMax = 256
    /// Scalars of one JSON message.
    package static let valuesMax = 2_048
    /// Bytes of a value's name; a value with a longer one is left out and counted.
    package static let nameBytesMax = JSONLeafScanner.pathLengthMax
    /// Bytes of a text value; a longer one is left out and counted.
    package static let textBytesMax = 4_096
    /// Bytes of all record values of one message. Names of Sparkplug metrics come from birth certificates, so a message can
    /// grow: four times the largest payload is room for every honest one.
    package static let outputBytesMax = 1_048_576
    /// Bytes after which the objects of one Sparkplug message go on in another record.
    package static let recordBytesTarget = 131_072
    /// Bytes of a topic; one with more belongs to no rule. Every record carries it.
    package static let topicBytesMax = 1_024
    /// Levels of a topic; one with more belongs to no rule.
    package static let topicLevelsMax = 64
    /// Rules of one file.
    package static let rulesMax = 256
    /// How far after its arrival a message's own instant may lie before it is taken for a wrong clock.
    package static let futureMax: Duration = .seconds(86_400)
    /// 2000-01-01: earlier instants are those of a clock that was never set.
    package static let earliestMilliseconds: Int64 = 946_684_800_000
}
