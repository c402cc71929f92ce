package import SensorKit
import TelemetryJSON

/// The body of a reading: the members of one flat JSON object, all channels of a bus in it.
///
/// ```json
/// ,"temperature":21.42,"humidity":48.10}
/// ```
/// The time stands before them when the reading is sent: only then it may be known (``ParcelMessage``).
/// Values have two decimals; their units are fixed by the quantity (°C, %RH, hPa). A channel without a value is left
/// out. Suspect channels are named in `suspect`, parted by blanks.
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
    package static let reservedKeys = ["ts", "suspect", "uptime"]

    /// Writes the members and the closing brace; `nil` when no channel has a value, for then there is nothing to say.
    package static func encode(_ channels: [Channel]) -> [UInt8]? {
        var writer = JSONWriter(capacity: 16 + channels.count * 24)
        var suspect: [String] = []
        var count = 0
        writer.beginObject()
        for channel in channels {
            guard let value = channel.reading.value, let text = HundredthsText.text(of: value) else { continue }
            if case .suspect = channel.reading.outcome { suspect.append(channel.name) }
            writer.key(channel.name)
            writer.number(verbatim: text)
            count += 1
        }
        if !suspect.isEmpty {
            writer.key("suspect")
            writer.string(suspect.joined(separator: " "))
        }
        writer.endObject()
        guard count > 0 else { return nil }
        writer.bytes[0] = UInt8(ascii: ",")  // the time's member comes before it
        return writer.bytes
    }
}
