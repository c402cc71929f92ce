import TelemetryJSON
import TelemetryModel

/// Gathers the metrics of one message and writes them as records: one of live values and one of historical ones, each an
/// object per instant in the order of time.
struct SparkplugRecordWriter {
    private struct Entry {
        var instant: Timestamp
        var name: [UInt8]
        var value: SparkplugValue
        /// Whether it is the gateway's own `online`.
        var isPresence = false
    }

    private let reader: SparkplugReader
    private let mapper: ValueMapper
    /// The message's own instant, for metrics without one.
    private let instant: Timestamp
    private var usesArrival = false
    private var live: [Entry] = []
    private var historical: [Entry] = []
    private var leftOut = 0
    private var refused = 0
    private var reason: String?

    init(reader: SparkplugReader, payload: SparkplugPayload) {
        self.reader = reader
        self.mapper = ValueMapper(reader.binding.rule) { _ in nil }
        let sent = payload.hasTimestamp ? Timestamp(milliseconds: Int64(clamping: payload.timestamp)) : nil
        self.instant = sent.flatMap { TimeRule.isPlausible($0, arrivedAt: reader.arrival) ? $0 : nil } ?? reader.arrival
        self.usesArrival = sent != nil && self.instant != sent
    }

    /// Takes a metric; `name` is `nil` when it is too long.
    mutating func append(_ metric: SparkplugPayload.Metric, named name: String?, type: UInt32) {
        guard let name, name.utf8.count <= IngestLimits.nameBytesMax, !metric.isTransient else {
            self.leftOut += 1
            return
        }
        // Commands to the node and the number of its session are no measurements.
        if name == "bdSeq" || name.hasPrefix("Node Control/") || name.hasPrefix("Device Control/") { return }
        let value = SparkplugValue(metric, type: type)
        switch value {
        case .leftOut: self.leftOut += 1
        case .invalid(let reason): self.refuse("the metric “\(name)”: \(reason)")
        case .number, .boolean, .text, .null:
            let path = Array(name.utf8)
            let lastName = path.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }.map { $0 + 1 } ?? 0
            guard let target = self.mapper.target(path[...], lastName: lastName),
                target.name.count <= IngestLimits.nameBytesMax
            else { return }
            let entry = Entry(
                instant: self.instant(of: metric),
                name: target.name,
                value: SparkplugRecordWriter.converted(value, by: target.conversion)
            )
            if metric.isHistorical { self.historical.append(entry) } else { self.live.append(entry) }
        }
    }

    /// Notes whether node or device is there, as `online`; a metric of that name goes before.
    mutating func appendPresence(_ isOnline: Bool) {
        let name = Array("online".utf8)
        self.live.append(Entry(instant: self.instant, name: name, value: .boolean(isOnline), isPresence: true))
    }

    mutating func refuse(_ reason: String) {
        self.refused += 1
        self.reason = self.reason ?? reason
    }

    /// Writes what was gathered.
    func finish(into outcome: inout IngestOutcome) {
        outcome.leftOut += self.leftOut
        if let reason = self.reason, outcome.deadLetter == nil {
            outcome.deadLetter = self.refused > 1 ? "\(reason), and \(self.refused - 1) more" : reason
        }
        var bytes = 0
        self.write(self.live, isHistorical: false, &outcome, &bytes)
        self.write(self.historical, isHistorical: true, &outcome, &bytes)
        if bytes > IngestLimits.outputBytesMax {
            outcome.records = []
            outcome.deadLetter = "its telemetry is larger than \(IngestLimits.outputBytesMax) bytes"
        }
    }

    private func write(_ entries: [Entry], isHistorical: Bool, _ outcome: inout IngestOutcome, _ bytes: inout Int) {
        // Stable: metrics of one instant keep their order.
        let sorted = entries.enumerated().sorted {
            ($0.element.instant, $0.offset) < ($1.element.instant, $1.offset)
        }.map(\.element)
        var start = 0
        while start < sorted.count, bytes <= IngestLimits.outputBytesMax {
            var writer = ReadingWriter(capacity: 1_024)
            let isArray = sorted[start].instant != sorted[sorted.count - 1].instant
            if isArray { writer.beginArray() }
            repeat {
                let instant = sorted[start].instant
                writer.begin(at: instant)
                while start < sorted.count, sorted[start].instant == instant,
                    writer.json.bytes.count < IngestLimits.recordBytesTarget
                {
                    SparkplugRecordWriter.write(sorted[start], &writer, &outcome)
                    start += 1
                }
                writer.end()
            } while start < sorted.count && writer.json.bytes.count < IngestLimits.recordBytesTarget
            if isArray { writer.endArray() }
            bytes += writer.json.bytes.count
            guard writer.count > 0 else { continue }
            outcome.records.append(
                TelemetryRecord(
                    device: self.reader.identity,
                    value: writer.json.bytes,
                    properties: self.properties(isHistorical: isHistorical)
                )
            )
        }
    }

    private static func write(_ entry: Entry, _ writer: inout ReadingWriter, _ outcome: inout IngestOutcome) {
        guard writer.take(entry.name) else {
            if !entry.isPresence { outcome.leftOut += 1 }
            return
        }
        switch entry.value {
        case .number(let text): writer.writeNumber(text.utf8)
        case .boolean(let value): writer.write(value)
        case .text(let text): writer.writeText(text.utf8)
        case .null, .leftOut, .invalid: writer.writeNull()
        }
    }

    /// A number in the rule's unit; `null` when the result is too large for one.
    private static func converted(_ value: SparkplugValue, by conversion: UnitConversion?) -> SparkplugValue {
        guard case .number(let text) = value, let conversion else { return value }
        return conversion.converted(text.utf8).map { .number($0) } ?? .null
    }

    private func properties(isHistorical: Bool) -> [IngestProperty] {
        var properties = self.reader.binding.properties
        if isHistorical { properties.append(IngestProperty(name: DeviceHeaders.historical, value: "true")) }
        if self.usesArrival { properties.append(IngestProperty(name: IngestProperty.timeName, value: "arrival")) }
        return properties
    }

    private func instant(of metric: SparkplugPayload.Metric) -> Timestamp {
        guard metric.hasTimestamp else { return self.instant }
        let instant = Timestamp(milliseconds: Int64(clamping: metric.timestamp))
        return TimeRule.isPlausible(instant, arrivedAt: self.reader.arrival) ? instant : self.instant
    }
}
