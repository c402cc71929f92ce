/// Something that goes wrong on one channel of one device.
package struct Fault: Equatable, Sendable {
    /// What goes wrong.
    package enum Kind: String, CaseIterable, Sendable {
        /// `size` is added to `readings` readings in a row.
        case spike
    }

    package var kind: Kind
    /// The device's id.
    package var device: String
    /// The channel's name.
    package var channel: String
    /// The first reading due at or after this time since the start is the first faulty one.
    package var after: Duration
    /// What the fault adds, in the channel's unit; may be negative, is not 0.
    package var size: Double
    /// How many readings are faulty, at least 1.
    package var readings: Int

    /// A fault.
    package init(
        kind: Kind,
        device: String,
        channel: String,
        after: Duration,
        size: Double,
        readings: Int = 1
    ) {
        self.kind = kind
        self.device = device
        self.channel = channel
        self.after = after
        self.size = size
        self.readings = readings
    }
}
