internal import AnomalyDetection
internal import TelemetryJSON
internal import TelemetryModel

/// What happened to an alert, as a record of the topic `alerts`.
///
/// The records of one alert share its `id`, the position of the value that opened it. `state` is `open` (it begins), `hold` (it is
/// open and has become worse) or `clear` (it ends). `detector` is `spike` when the last values made the expectation and `range`
/// when the range of days did; `window` describes those last values.
struct AlertRecord {
    let device: [UInt8]
    let channel: [UInt8]
    let time: Timestamp
    /// The number as the device wrote it.
    let value: Slice<UnsafeBufferPointer<UInt8>>
    let verdict: SpikeVerdict
    let topic: String
    let partition: Int
    let offset: Int64

    /// A deviation of four half widths.
    private static let criticalScore = 0.8

    func write(to json: inout JSONWriter) {
        guard let alert = self.verdict.alert else { return }
        json.beginObject()
        json.key("id")
        json.string("\(self.topic)-\(alert.origin.partition)-\(alert.origin.offset)-\(alert.origin.ordinal)")
        json.key("device")
        json.string(utf8: self.device)
        json.key("channel")
        json.string(utf8: self.channel)
        json.key("detector")
        json.string(alert.band.basis == .recent ? "spike" : "range")
        json.key("severity")
        json.string(alert.band.score(of: alert.worst) >= AlertRecord.criticalScore ? "critical" : "warning")
        json.key("state")
        json.string(self.state)
        json.key("time")
        json.string(utf8: self.time.iso8601)
        json.key("value")
        json.number(verbatim: self.value)
        json.key("expected")
        json.beginObject()
        json.key("low")
        json.number(verbatim: self.text(alert.band.low, in: alert.band, moreDecimals: 2))
        json.key("high")
        json.number(verbatim: self.text(alert.band.high, in: alert.band, moreDecimals: 2))
        json.endObject()
        json.key("score")
        json.number(verbatim: DecimalText.text(self.verdict.score, decimals: 4))
        json.key("worst")
        json.number(alert.worst)
        json.key("window")
        self.writeSamples(to: &json)
        json.key("message")
        json.string(self.message(alert))
        json.key("source")
        json.beginObject()
        json.key("topic")
        json.string(self.topic)
        json.key("partition")
        json.number(self.partition)
        json.key("offset")
        json.number(self.offset)
        json.endObject()
        json.endObject()
    }

    private var state: String {
        switch self.verdict.action {
        case .open: "open"
        case .learn, .hold, .worsen: "hold"
        case .clear: "clear"
        }
    }

    private func writeSamples(to json: inout JSONWriter) {
        guard let samples = self.verdict.samples else { return json.null() }
        json.beginObject()
        json.key("start")
        json.string(utf8: samples.start.iso8601)
        json.key("end")
        json.string(utf8: samples.end.iso8601)
        json.key("count")
        json.number(samples.count)
        json.key("mean")
        json.number(samples.mean)
        json.key("min")
        json.number(samples.min)
        json.key("max")
        json.number(samples.max)
        json.endObject()
    }

    /// One sentence, numbers without units: the units are in the device's model.
    private func message(_ alert: AlertLatch.OpenAlert) -> String {
        let channel = String(decoding: self.channel, as: UTF8.self)
        let device = String(decoding: self.device, as: UTF8.self)
        let subject = "\(channel) \(String(decoding: self.value, as: UTF8.self)) of \(device)"
        let low = self.text(alert.band.low, in: alert.band)
        let high = self.text(alert.band.high, in: alert.band)
        let worst = self.text(alert.worst, in: alert.band, moreDecimals: 1)
        switch self.verdict.action {
        case .open:
            return "\(subject) is outside \(low)…\(high) expected from \(self.basis(alert))"
        case .learn, .hold, .worsen:
            return "\(subject) is further outside \(low)…\(high), its alert is open since \(alert.openedAt)"
        case .clear(.returned):
            return "\(subject) is back inside \(low)…\(high) after \(alert.count) values, the worst was \(worst)"
        case .clear(.newNormal):
            return "\(subject) has stayed outside \(low)…\(high) for \(alert.count) values and is the new normal, "
                + "the worst was \(worst)"
        }
    }

    private func basis(_ alert: AlertLatch.OpenAlert) -> String {
        switch alert.band.basis {
        case .recent: "the last \(self.verdict.samples?.count ?? 0) values"
        case .longTerm: "the values of days"
        }
    }

    private func text(_ value: Double, in band: ExpectedBand, moreDecimals: Int = 0) -> String {
        let decimals = DecimalText.decimals(forWidth: band.high / 2 - band.low / 2)
        return DecimalText.text(value, decimals: decimals + moreDecimals)
    }
}
