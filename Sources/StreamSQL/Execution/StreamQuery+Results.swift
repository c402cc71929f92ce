internal import TelemetryModel

extension StreamQuery {
    /// Brings what a step has given to its topic and to the steps that read it.
    @inline(__always)
    mutating func deliver(from step: Int, output: inout QueryOutput) {
        if self.emission.rows.isEmpty, self.emission.deadLetters.isEmpty { return }
        self.deliverRows(from: step, output: &output)
    }

    private mutating func deliverRows(from step: Int, output: inout QueryOutput) {
        var given = exchange(&self.emission, with: self.spareEmissions.popLast() ?? Emission())
        self.counts.deadLetters += Int64(given.deadLetters.count)
        output.deadLetters += given.deadLetters
        for row in given.rows {
            if self.distinct[step] != nil, self.distinct[step]?.insert(row) == false { continue }
            if self.isOutput[step] { self.give(row, step: step, output: &output) }
            guard row.kind != .early else { continue }
            for reader in self.topology.readers[step] { self.pass(row, to: reader, output: &output) }
        }
        given.removeAll()
        self.spareEmissions.append(given)
    }

    private mutating func give(_ row: StepRow, step: Int, output: inout QueryOutput) {
        self.counts.results += 1
        output.results.append(
            QueryResult(
                step: step,
                record: row.record,
                time: Timestamp(milliseconds: row.time),
                windowStart: row.windowStart.map { Timestamp(milliseconds: $0) },
                key: row.key,
                kind: row.kind,
                isBacklog: row.isBacklog,
                spans: row.spans
            )
        )
    }

    private mutating func pass(_ row: StepRow, to reader: QueryTopology.Place, output: inout QueryOutput) {
        let select = self.plan.steps[reader.step].selects[reader.select]
        let input = select.inputs[reader.input]
        var flow = FlowRow(
            row: StreamRow(slotCount: select.slotCount, time: Timestamp(milliseconds: row.time)),
            timeline: row.timeline,
            isBacklog: row.isBacklog,
            spans: row.spans
        )
        for (place, read) in input.reads.enumerated() {
            flow.row.slots[input.firstSlot + place] = read.value(ofRecord: row.record)
        }
        let progress = self.topology.selectProgress[reader.step][reader.select]
        let timeline = progress.isGlobal ? 0 : row.timeline
        self.stages[reader.step][reader.select].receive(
            &flow,
            input: reader.input,
            watermark: self.timelines.watermark(progress, timeline: timeline, keyed: self.isKeyed),
            into: &self.emission
        )
        self.deliver(from: reader.step, output: &output)
    }

    @inline(never)
    mutating func refuse(
        _ cause: QueryDeadLetter.Cause,
        _ reason: String,
        _ event: StreamEvent,
        _ source: Int,
        _ output: inout QueryOutput
    ) {
        self.counts.deadLetters += 1
        let span = OffsetSpan(
            input: Int32(truncatingIfNeeded: event.topic),
            partition: event.partition,
            offset: event.offset
        )
        output.deadLetters.append(QueryDeadLetter(cause: cause, reason: reason, spans: InputSpans(span)))
    }

    /// The device's number; a new device gets one.
    @inline(__always)
    mutating func deviceNumber(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        if let known = self.devices.number(of: key) { return known }
        let (number, isAnew) = self.devices.insert(key)
        if isAnew { self.forgetPlaces() }
        return number
    }
}
