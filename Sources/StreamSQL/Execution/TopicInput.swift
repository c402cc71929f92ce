internal import TelemetryJSON
internal import TelemetryModel

/// One place where records of a topic come into a query.
struct TopicInput: Sendable {
    let plan: InputPlan
    var reader: PayloadReader
    /// The row that is filled anew for each event.
    var flow: FlowRow
    /// `OVER` is nothing but the device id.
    let isOverDevice: Bool
    /// Timelines of the executor's device numbers, -1 for those not looked up yet.
    var timelines: [Int32] = []
    var key: [UInt8] = []

    init(_ plan: InputPlan, select: SelectPlan, topic: String) {
        self.plan = plan
        self.reader = PayloadReader(
            plan,
            topic: topic,
            isInstantOnly: plan.timestamp?.expression.slot.map { select.isUnread($0) } ?? false
        )
        self.flow = FlowRow(
            row: StreamRow(slotCount: select.slotCount),
            timeline: 0,
            isBacklog: false,
            spans: InputSpans(OffsetSpan(input: 0, partition: 0, offset: 0))
        )
        self.isOverDevice =
            plan.overKeys.count == 1 && plan.overKeys[0].slot != nil && plan.overKeys[0].slot == plan.deviceSlot
    }

    /// Reads one JSON object into the row.
    ///
    /// - Parameters:
    ///   - text: The object, as it lies in the event's payload.
    ///   - event: Its record.
    ///   - device: The executor's number of the record's device.
    ///   - name: The record's device id.
    /// - Throws: The first fault in the text.
    @inline(__always)
    mutating func read(
        _ text: UnsafeBufferPointer<UInt8>,
        of event: StreamEvent,
        device: Int,
        named name: StreamValue
    ) throws(JSONError) {
        let saysDevice = try self.reader.read(text, of: event, device: name, into: &self.flow.row)
        self.flow.device = saysDevice ? -1 : device
    }

    /// Makes the row what `TIMESTAMP BY` wants to read, after the object was read.
    mutating func fillInstant(in text: UnsafeBufferPointer<UInt8>, enqueued: Timestamp) {
        self.reader.fillInstant(in: text, into: &self.flow.row)
        self.flow.row.time = enqueued
    }
}

extension SelectPlan {
    /// Whether it is certain that nothing reads a slot but `TIMESTAMP BY`: all that is read is nothing but other slots.
    func isUnread(_ slot: Int) -> Bool {
        guard self.analytics.isEmpty, self.inputs.count == 1, self.filter == nil else { return false }
        var read = self.inputs[0].overKeys
        if let group = self.group {
            read += group.keys
            for aggregate in group.aggregates {
                read += aggregate.order.map(\.key)
                if let argument = aggregate.argument { read.append(argument) }
            }
        } else {
            for item in self.projection.items {
                guard case .value(_, let expression) = item else { return false }
                read.append(expression)
            }
        }
        return read.allSatisfy { $0.slot != nil && $0.slot != slot }
    }
}

extension InputPlan {
    /// The slot that holds the device id, if there is one.
    var deviceSlot: Int? {
        let place = self.reads.firstIndex { read in
            switch read {
            case .pathElseDevice, .metadata(.device): true
            case .path, .column, .whole, .metadata: false
            }
        }
        return place.map { self.firstSlot + $0 }
    }
}
