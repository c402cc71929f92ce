import EdgeCore
import SensorKit
import TelemetryJSON

extension JSONWriter {
    /// Writes `"values":{…}`: each channel's value with two decimals, those without one left out.
    mutating func values(of channels: [TelemetryBody.Channel]) {
        self.key("values")
        self.beginObject()
        for channel in channels {
            guard let value = channel.reading.value, let text = HundredthsText.text(of: value) else { continue }
            self.key(channel.name)
            self.number(verbatim: text)
        }
        self.endObject()
    }
}
