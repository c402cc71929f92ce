internal import TelemetryJSON
internal import TelemetryModel

extension StreamQuery {
    /// A payload that does not begin with an object: white space, an array, or no JSON.
    mutating func takeOther(_ event: StreamEvent, device: Int, source: Int, output: inout QueryOutput) {
        guard let first = event.payload.firstIndex(where: { $0 > 0x20 }) else {
            self.refuse(.notJSON, "the payload is empty", event, source, &output)
            return
        }
        guard event.payload[first] == UInt8(ascii: "[") else {
            self.take(event.payload, of: event, device: device, source: source, output: &output)
            return
        }
        do {
            for range in try JSONElements.ranges(of: event.payload) {
                let element = UnsafeBufferPointer(rebasing: event.payload[range])
                self.take(element, of: event, device: device, source: source, output: &output)
            }
        } catch {
            self.refuse(.notJSON, "not JSON: \(error)", event, source, &output)
        }
    }

    /// Takes one object of a record.
    @inline(__always)
    mutating func take(
        _ text: UnsafeBufferPointer<UInt8>,
        of event: StreamEvent,
        device: Int,
        source: Int,
        output: inout QueryOutput
    ) {
        self.counts.events += 1
        let span = OffsetSpan(
            input: Int32(truncatingIfNeeded: event.topic),
            partition: event.partition,
            offset: event.offset
        )
        self.inputs[source].flow.spans = InputSpans(span)
        do throws(JSONError) {
            try self.inputs[source].read(text, of: event, device: device, named: self.devices.names[device])
            guard text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
                self.refuse(.notJSON, "not a JSON object", event, source, &output)
                return
            }
        } catch {
            self.refuse(.notJSON, "not JSON: \(error)", event, source, &output)
            return
        }
        do throws(StreamFault) {
            let time = try self.time(of: text, event: event, source: source)
            guard let timeline = try self.timeline(source: source) else {
                let reason = "more than \(self.options.limits.timelinesMax) timelines"
                self.refuse(.limit, reason, event, source, &output)
                return
            }
            self.admit(time, timeline: timeline, event: event, source: source, output: &output)
        } catch {
            self.refuse(.fault, error.reason, event, source, &output)
        }
    }

    @inline(__always)
    private mutating func time(
        of text: UnsafeBufferPointer<UInt8>,
        event: StreamEvent,
        source: Int
    ) throws(StreamFault) -> Int64 {
        guard self.hasTimestamp[source] else { return self.timelines.clock }
        if let instant = self.inputs[source].reader.instant(in: text) { return instant.milliseconds }
        return try self.evaluateTime(of: text, event: event, source: source)
    }

    @inline(never)
    private mutating func evaluateTime(
        of text: UnsafeBufferPointer<UInt8>,
        event: StreamEvent,
        source: Int
    ) throws(StreamFault) -> Int64 {
        self.inputs[source].fillInstant(in: text, enqueued: event.enqueued)
        let instant = try self.inputs[source].plan.timestamp?.instant(self.inputs[source].flow.row)
        let time = instant?.milliseconds ?? self.timelines.clock
        return min(max(time, Timelines.earliest), -Timelines.earliest)
    }

    /// The number of the row's timeline; `nil` when there is no room for another.
    @inline(__always)
    private mutating func timeline(source: Int) throws(StreamFault) -> Int? {
        guard self.isKeyed[source] else { return 0 }
        let device = self.inputs[source].flow.device
        if self.inputs[source].isOverDevice, device >= 0, device < self.inputs[source].timelines.count {
            let known = self.inputs[source].timelines[device]
            if known >= 0 { return Int(known) }
        }
        return try self.lookUpTimeline(source: source, device: device)
    }

    private mutating func lookUpTimeline(source: Int, device: Int) throws(StreamFault) -> Int? {
        var key: [UInt8] = []
        for expression in self.inputs[source].plan.overKeys {
            try expression.read(self.inputs[source].flow.row).appendKey(to: &key)
        }
        let timeline: Int
        if let known = self.timelines.keys.number(of: key) {
            timeline = known
        } else {
            if self.timelines.count >= self.options.limits.timelinesMax { self.sweep() }
            guard self.timelines.count < self.options.limits.timelinesMax else { return nil }
            timeline = self.timelines.insert(key)
            if timeline == self.wakeTimes.count { self.wakeTimes.append(.max) }
        }
        if self.inputs[source].isOverDevice, device >= 0 {
            while self.inputs[source].timelines.count <= device { self.inputs[source].timelines.append(-1) }
            self.inputs[source].timelines[device] = Int32(truncatingIfNeeded: timeline)
        }
        return timeline
    }

    @inline(__always)
    private mutating func admit(
        _ time: Int64,
        timeline: Int,
        event: StreamEvent,
        source: Int,
        output: inout QueryOutput
    ) {
        let isBacklog = event.isHistorical && self.hasTimestamp[source]
        let admission =
            isBacklog
            ? self.timelines.admitBacklog(time, input: source, timeline: timeline)
            : self.timelines.admit(time, input: source, timeline: timeline)
        switch admission {
        case .at(let admitted):
            if admitted != time { self.counts.adjusted += 1 }
            self.inputs[source].flow.time = admitted
        case .late(let by):
            self.refuse(.late, "\(by) ms behind its arrival", event, source, &output)
            return
        case .outOfOrder(let by):
            self.refuse(.outOfOrder, "\(by) ms behind its timeline's latest event", event, source, &output)
            return
        case .early(let by):
            self.refuse(.early, "\(by) ms ahead of its arrival", event, source, &output)
            return
        }
        self.inputs[source].flow.timeline = timeline
        self.inputs[source].flow.isBacklog = isBacklog
        let place = self.places[source]
        self.stages[place.step][place.select].receive(
            &self.inputs[source].flow,
            input: place.input,
            watermark: isBacklog ? self.liveWatermark(place, timeline) : 0,
            into: &self.emission
        )
        self.deliver(from: place.step, output: &output)
        if isBacklog {
            self.counts.historical += 1
            self.settleBacklog(timeline, output: &output)
            self.awaitBacklogEnd(timeline)
        }
        self.settle(timeline, output: &output)
    }

    private func liveWatermark(_ place: QueryTopology.Place, _ timeline: Int) -> Int64 {
        let progress = self.topology.selectProgress[place.step][place.select]
        return self.timelines.watermark(progress, timeline: progress.isGlobal ? 0 : timeline, keyed: self.isKeyed)
    }
}
