import TelemetryJSON
import TelemetryModel

extension IngestBinding {
    /// What ESPHome and others publish while a sensor has no value.
    private static let nothing: Set<String> = [
        "nan", "NaN", "-nan", "NAN", "null", "None", "none", "unknown", "unavailable",
    ]

    /// Reads one number.
    func decodeNumber(_ payload: UnsafeBufferPointer<UInt8>, arrivedAt arrival: Timestamp) -> IngestOutcome {
        let text = NumberText.trimmed(Array(payload.prefix(IngestLimits.textBytesMax))[...])
        guard NumberText.isNumber(text), payload.count <= IngestLimits.textBytesMax else {
            return self.decodeNoNumber(text, arrivedAt: arrival)
        }
        return self.record(arrivedAt: arrival) { writer, mapper in
            guard let target = self.target(mapper) else { return }
            guard let conversion = target.conversion else {
                if writer.take(target.name) { writer.writeNumber(text) }
                return
            }
            guard let converted = conversion.converted(text), writer.take(target.name) else { return }
            writer.writeNumber(converted.utf8)
        }
    }

    private func decodeNoNumber(_ text: ArraySlice<UInt8>, arrivedAt arrival: Timestamp) -> IngestOutcome {
        if text.isEmpty { return IngestOutcome() }
        let word = String(decoding: text.prefix(64), as: UTF8.self)
        if let constant = self.rule.translate[word] { return self.record(constant, arrivedAt: arrival) }
        if IngestBinding.nothing.contains(word) { return IngestOutcome() }
        return IngestOutcome(deadLetter: "the payload “\(word)” is not a number")
    }

    /// Reads a text as one value.
    func decodeText(_ payload: UnsafeBufferPointer<UInt8>, arrivedAt arrival: Timestamp) -> IngestOutcome {
        guard payload.count <= IngestLimits.textBytesMax else {
            return IngestOutcome(
                deadLetter: "the text has \(payload.count) bytes; at most \(IngestLimits.textBytesMax) are taken"
            )
        }
        guard let text = String(validating: payload, as: UTF8.self) else {
            return IngestOutcome(deadLetter: "the payload is not UTF-8 text")
        }
        return self.record(self.rule.translate[text] ?? .string(text), arrivedAt: arrival)
    }

    /// Reads a payload as what it looks like.
    func decodeAny(_ payload: UnsafeBufferPointer<UInt8>, arrivedAt arrival: Timestamp) -> IngestOutcome {
        let first = payload.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            return self.decodeJSON(payload, arrivedAt: arrival)
        }
        guard payload.count <= IngestLimits.textBytesMax else { return self.decodeText(payload, arrivedAt: arrival) }
        let text = NumberText.trimmed(Array(payload)[...])
        if NumberText.isNumber(text) { return self.decodeNumber(payload, arrivedAt: arrival) }
        let word = String(decoding: text, as: UTF8.self)
        if IngestBinding.nothing.contains(word), self.rule.translate[word] == nil { return IngestOutcome() }
        if self.rule.translate[word] == nil, word == "true" || word == "false" {
            return self.record(.boolean(word == "true"), arrivedAt: arrival)
        }
        return self.decodeText(payload, arrivedAt: arrival)
    }

    private func record(_ value: ConstantValue, arrivedAt arrival: Timestamp) -> IngestOutcome {
        self.record(arrivedAt: arrival) { writer, mapper in
            guard let target = self.target(mapper), writer.take(target.name) else { return }
            writer.write(value)
        }
    }

    private func target(_ mapper: ValueMapper) -> ValueMapper.Target? {
        mapper.target(self.valueName[...], lastName: 0)
    }

    private func record(
        arrivedAt arrival: Timestamp,
        _ write: (inout ReadingWriter, ValueMapper) -> Void
    ) -> IngestOutcome {
        guard case .fixed(let device) = self.device else {
            return IngestOutcome(deadLetter: "a payload that is no JSON names no device")
        }
        var writer = ReadingWriter(capacity: 128)
        writer.begin(at: arrival)
        write(&writer, ValueMapper(self.rule) { _ in nil })
        writer.end()
        var outcome = IngestOutcome()
        if writer.count > 0 {
            outcome.records = [TelemetryRecord(device: device, value: writer.json.bytes, properties: self.properties)]
        }
        return outcome
    }
}
