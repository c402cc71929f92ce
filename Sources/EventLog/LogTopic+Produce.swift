package import LogFormat
internal import Synchronization
internal import TelemetryModel

extension LogTopic {
    /// Milliseconds that a record's own time may be ahead where the topic keeps it: 24 hours.
    static let timestampAheadMax: Int64 = 86_400_000

    /// Stores producers' batches, in order, all in one commit cycle.
    ///
    /// - A batch that is there already, also from before a restart, is recognised by its producer's numbers and not
    ///   stored again. Source: contracts/kafka.md §5.5.
    /// - When too much waits for the disk the topic keeps the batches and takes them after the next sync, first in,
    ///   first out: callers bound what they hand in.
    ///
    /// - Parameters:
    ///   - batches: Checked by ``ProducerBatch/check(_:partition:sizeMax:)`` for a partition of this topic.
    ///   - answer: Called once with one outcome per batch: on the writer thread after the sync that covers all of them
    ///     (and a duplicate's original), or here when none waits for a sync. It does not block.
    package func produce(_ batches: [ProducerBatch], then answer: @escaping @Sendable ([ProduceOutcome]) -> Void) {
        for batch in batches {
            precondition(
                (0..<self.partitionCount).contains(batch.partition),
                "the batch was checked for another topic"
            )
        }
        let request = ProduceRequest(batches: batches, answer: answer)
        let now = self.clock()
        let intake = self.state.withLock { self.take(request, at: now, in: &$0) }
        if intake.mustWake { self.wake.post() }
        if let reason = intake.fenced { self.onFence(self, reason) }
        intake.answer?.send()
    }

    /// Takes requests that were held back, until there is no room again; returns those that wait for no sync.
    func takeHeld(at now: Timestamp, in state: inout State) -> [ProduceAnswer] {
        if state.produce.held.isEmpty { return [] }
        let held = state.produce.held
        state.produce.held = []
        var answers: [ProduceAnswer] = []
        for (index, request) in held.enumerated() {
            // On the writer thread, or with it awake: nobody needs to be woken or told of a fence.
            if let answer = self.take(request, at: now, in: &state).answer { answers.append(answer) }
            if !state.produce.held.isEmpty {
                state.produce.held += held[(index + 1)...]
                break
            }
        }
        return answers
    }

    private func take(_ request: ProduceRequest, at now: Timestamp, in state: inout State) -> ProduceIntake {
        if let refusal = self.produceRefusal(state.status, isClosing: state.isClosing) { return ProduceIntake(answer: request.refused(refusal)) }
        if let reason = self.startWriter(in: &state) {
            return ProduceIntake(fenced: reason, answer: request.refused(.fenced(reason: reason.message)))
        }
        let mustWait =
            !state.produce.held.isEmpty || self.pendingBytes.load(ordering: .relaxed) >= self.limits.pendingBytesMax
        let needsPast = request.isNumbered && state.produce.synced == nil
        if needsPast { self.startLoader(in: &state) }
        if mustWait || (needsPast && state.produce.synced == nil) {
            state.produce.held.append(request)
            return ProduceIntake()
        }
        let pending = self.stage(request, at: now, in: &state)
        guard pending.serial > 0 else { return ProduceIntake(answer: pending.synced) }
        state.produce.pending.append(pending)
        let mustWake = state.isWriterWaiting
        state.isWriterWaiting = false
        return ProduceIntake(mustWake: mustWake)
    }

    /// Puts what is new into the gathering cycle; serial 0 when nothing of the request depends on a sync.
    private func stage(_ request: ProduceRequest, at now: Timestamp, in state: inout State) -> PendingProduce {
        let keepsTimes = self.settings.timestampType == .createTime
        var pending = PendingProduce(serial: 0, outcomes: [], answer: request.answer)
        for batch in request.batches {
            let (verdict, serial) = state.produce.verdict(on: batch)
            switch verdict {
            case .duplicate(let baseOffset):
                pending.serial = max(pending.serial, serial ?? 0)
                pending.outcomes.append((.duplicate(baseOffset: baseOffset), isPending: serial != nil))
            case .outOfOrder:
                pending.outcomes.append((.refused(.outOfOrderSequence), isPending: false))
            case .staleEpoch:
                pending.outcomes.append((.refused(.invalidProducerEpoch), isPending: false))
            case .next where keepsTimes && batch.timestampMax > now.milliseconds + LogTopic.timestampAheadMax:
                pending.outcomes.append((.refused(.timestampTooFarAhead), isPending: false))
            case .next:
                let baseOffset = state.nextOffsets[batch.partition]
                let cycle = self.gatheringCycle(at: now, in: &state)
                let bytes = cycle.append(batch, keepsTimes: keepsTimes, nextOffsets: &state.nextOffsets)
                self.pendingBytes.add(bytes, ordering: .relaxed)
                state.produce.stage(batch, baseOffset: baseOffset, stamp: cycle.stamp, serial: cycle.serial)
                pending.serial = cycle.serial
                let time = keepsTimes ? nil : cycle.stamp
                pending.outcomes.append((.stored(baseOffset: baseOffset, appendTime: time), isPending: true))
            }
        }
        return pending
    }

    private func produceRefusal(_ status: Status, isClosing: Bool) -> ProduceRefusal? {
        switch self.refusal(status, isClosing: isClosing) {
        case nil, .backedUp, .recordTooLarge: nil
        case .fenced(let reason): .fenced(reason: reason)
        case .diskNearlyFull(let freeBytes, let neededBytes):
            .diskNearlyFull(freeBytes: freeBytes, neededBytes: neededBytes)
        case .closed: .closed
        }
    }
}

/// What is left to do when the lock is free again.
private struct ProduceIntake {
    var mustWake = false
    var fenced: FenceReason?
    var answer: ProduceAnswer?
}
