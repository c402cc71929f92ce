/// What one message became. Records and a dead letter can come together: a Sparkplug message may hold metrics that can be
/// read and others that cannot.
package struct IngestOutcome: Equatable, Sendable {
    /// The telemetry, in order. Empty and no dead letter: the message had nothing to say (a command, only nulls, `nan`).
    package var records: [TelemetryRecord] = []
    /// Why the message, or a part of it, could not become telemetry: one sentence for the dead letter.
    package var deadLetter: String?
    /// What the gateway publishes now, to learn what it misses.
    package var rebirth: RebirthRequest?
    /// Values left out because nothing can be made of them here: too long, data sets, templates, byte arrays.
    package var leftOut = 0
    /// Sparkplug messages that were lost before this one, by its sequence number; at most 255.
    package var sequenceGap = 0

    /// An outcome with nothing in it.
    package init() {}

    /// A message that could not become telemetry.
    package init(deadLetter reason: String) {
        self.deadLetter = reason
    }
}
