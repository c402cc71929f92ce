import TelemetryJSON
import TelemetryModel

extension IngestBinding {
    /// Reads a JSON object, or an array of objects: a record each.
    func decodeJSON(_ payload: UnsafeBufferPointer<UInt8>, arrivedAt arrival: Timestamp) -> IngestOutcome {
        var scanner = JSONLeafScanner(leavesMax: IngestLimits.valuesMax, documentsMax: IngestLimits.recordsMax)
        do throws(JSONError) {
            try scanner.scan(payload)
        } catch {
            return IngestOutcome(deadLetter: "the payload is not the JSON this rule reads: \(error)")
        }
        var outcome = IngestOutcome()
        outcome.leftOut = scanner.leftOut
        var bytes = 0
        for document in scanner.documents {
            let reading = JSONReading(scanner: scanner, payload: payload, leaves: document)
            let before = outcome.records.count
            self.append(reading, to: &outcome, arrivedAt: arrival)
            bytes += outcome.records[before...].reduce(0) { $0 + $1.value.count }
            guard bytes <= IngestLimits.outputBytesMax else {
                return IngestOutcome(deadLetter: "its telemetry is larger than \(IngestLimits.outputBytesMax) bytes")
            }
        }
        return outcome
    }

    private func append(_ reading: JSONReading, to outcome: inout IngestOutcome, arrivedAt arrival: Timestamp) {
        let device: IdentityID
        switch self.identity(in: reading) {
        case .success(let identity): device = identity
        case .failure(let reason):
            outcome.deadLetter = outcome.deadLetter ?? reason.text
            return
        }
        let (instant, isArrival) = self.instant(in: reading, arrivedAt: arrival)
        let mapper = ValueMapper(self.rule) { path in reading.leaf(at: path).map { reading.text(of: $0) } }
        let consumed = [self.rule.time?.path].compactMap { $0 } + self.rule.device.payloadPaths.map { Array($0.utf8) }
        var writer = ReadingWriter(capacity: 64 + reading.textBytes)
        writer.begin(at: instant)
        for leaf in reading.leaves {
            let path = reading.path(of: leaf)
            guard leaf.kind != .null, !consumed.contains(where: { path.elementsEqual($0) }),
                let target = mapper.target(path, lastName: leaf.lastName)
            else { continue }
            if !self.write(leaf, of: reading, as: target, mapper, to: &writer) { outcome.leftOut += 1 }
        }
        writer.end()
        guard writer.count > 0 else { return }
        outcome.records.append(
            TelemetryRecord(
                device: device,
                value: writer.json.bytes,
                properties: self.properties
                    + (isArrival ? [IngestProperty(name: IngestProperty.timeName, value: "arrival")] : [])
            )
        )
    }

    /// Writes one value; `false` when it is left out.
    private func write(
        _ leaf: JSONLeaf,
        of reading: JSONReading,
        as target: ValueMapper.Target,
        _ mapper: ValueMapper,
        to writer: inout ReadingWriter
    ) -> Bool {
        guard target.name.count <= IngestLimits.nameBytesMax, leaf.text.count <= IngestLimits.textBytesMax else {
            return false
        }
        switch leaf.kind {
        case .number:
            let text = reading.payload[leaf.text]
            guard let conversion = target.conversion else {
                guard writer.take(target.name) else { return false }
                writer.writeNumber(text)
                return true
            }
            guard let converted = conversion.converted(text), writer.take(target.name) else { return false }
            writer.writeNumber(converted.utf8)
        case .boolean:
            guard writer.take(target.name) else { return false }
            writer.write(reading.payload[leaf.text.lowerBound] == UInt8(ascii: "t"))
        case .string:
            let text = reading.text(of: leaf)
            guard writer.take(target.name) else { return false }
            if let constant = mapper.constant(text) { writer.write(constant) } else { writer.writeText(text) }
        case .null:
            return false
        }
        return true
    }

    private func identity(in reading: JSONReading) -> Result<IdentityID, DeviceName.Reason> {
        if case .fixed(let identity) = self.device { return .success(identity) }
        let text = self.rule.device.filled {
            self.levels[$0].map { DeviceName.encoded($0.utf8) }
        } payload: { path in
            reading.leaf(at: Array(path.utf8)).flatMap { leaf in
                leaf.kind == .string || leaf.kind == .number ? DeviceName.encoded(reading.text(of: leaf)) : nil
            }
        }
        guard let text else {
            let paths = self.rule.device.payloadPaths.joined(separator: ", ")
            return .failure(DeviceName.Reason("the payload names no device at \(paths)"))
        }
        return DeviceName.identity(text)
    }

    /// When it was measured, and whether the gateway's time had to stand in for one that cannot be.
    private func instant(in reading: JSONReading, arrivedAt arrival: Timestamp) -> (Timestamp, isArrival: Bool) {
        guard let time = self.rule.time, let leaf = reading.leaf(at: time.path), leaf.kind != .null else {
            return (arrival, false)
        }
        guard leaf.kind != .boolean, leaf.text.count <= 64,
            let instant = time.instant(reading.text(of: leaf)[...]),
            TimeRule.isPlausible(instant, arrivedAt: arrival)
        else { return (arrival, true) }
        return (instant, false)
    }
}
