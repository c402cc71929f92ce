package import SensorKit

/// The body of a reading: the members of one flat JSON object, all channels of a bus in it.
///
/// ```json
/// ,"temperature":21.42,"humidity":48.10,"suspect":"humidity","suspectReason":"stuck"}
/// ```
/// The time stands before them when the reading is sent: only then it may be known (``ParcelMessage``).
/// Values have two decimals; their units are fixed by the quantity (°C, %RH, hPa). A channel without a value is left
/// out. Suspect channels are named in `suspect`, parted by blanks, and `suspectReason` has as many reasons.
///
/// Kept by the bus's worker for its memory: a reading costs one allocation, the one that holds it.
package struct TelemetryBody: Sendable {
    /// A reading under the name it is published with.
    package struct Channel: Equatable, Sendable {
        package var name: String
        package var reading: ChannelReading

        package init(name: String, reading: ChannelReading) {
            self.name = name
            self.reading = reading
        }
    }

    /// Keys of the body that no channel may take.
    package static let reservedKeys = ["ts", "suspect", "suspectReason", "uptime", "health"]

    private var bytes: [UInt8] = []
    private var suspects: [UInt8] = []
    private var reasons: [UInt8] = []

    package init() {}

    /// Writes the members and the closing brace; `nil` when no channel has a value, for then there is nothing to say.
    package static func encode(_ channels: [Channel]) -> [UInt8]? {
        var body = TelemetryBody()
        for channel in channels { body.append(Array(channel.name.utf8), channel.reading.outcome) }
        return body.finish()
    }

    /// Appends a channel's value, if it has one.
    ///
    /// - Parameters:
    ///   - name: Letters, digits and `_`, so that it needs no escapes.
    ///   - outcome: What was measured.
    package mutating func append(_ name: [UInt8], _ outcome: ChannelReading.Outcome) {
        let value: Double
        switch outcome {
        case .good(let good): value = good
        case .suspect(let suspect, _): value = suspect
        case .bad: return
        }
        let start = self.bytes.count
        self.bytes.append(contentsOf: ",\"".utf8)
        self.bytes.append(contentsOf: name)
        self.bytes.append(contentsOf: "\":".utf8)
        guard HundredthsText.append(value, to: &self.bytes) else {
            self.bytes.removeSubrange(start...)
            return
        }
        guard case .suspect(_, let reason) = outcome else { return }
        if !self.suspects.isEmpty {
            self.suspects.append(0x20)
            self.reasons.append(0x20)
        }
        self.suspects.append(contentsOf: name)
        self.reasons.append(contentsOf: reason.rawValue.utf8)
    }

    /// What was appended since the last call, with the closing brace; `nil` when that is nothing.
    package mutating func finish() -> [UInt8]? {
        guard !self.bytes.isEmpty else { return nil }
        if !self.suspects.isEmpty {
            self.bytes.append(contentsOf: ",\"suspect\":\"".utf8)
            self.bytes.append(contentsOf: self.suspects)
            self.bytes.append(contentsOf: "\",\"suspectReason\":\"".utf8)
            self.bytes.append(contentsOf: self.reasons)
            self.bytes.append(UInt8(ascii: "\""))
        }
        self.bytes.append(UInt8(ascii: "}"))
        let body = self.bytes.withUnsafeBufferPointer { Array($0) }  // of its own length, which is kept for hours
        self.bytes.removeAll(keepingCapacity: true)
        self.suspects.removeAll(keepingCapacity: true)
        self.reasons.removeAll(keepingCapacity: true)
        return body
    }
}
