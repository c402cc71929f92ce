package import LogFormat
internal import Synchronization
internal import TelemetryModel

extension LogTopic {
    /// Milliseconds that a record's own time may be ahead where the topic keeps it: 24 hours.
    static let timestampAheadMax: Int64 = 86_400_000
    /// Bytes of requests held back that one sync lets in at most: callers wait for the lock meanwhile, and the other half
    /// of the room is for appenders.
    private static let heldBytesMax = 8 << 20

    /// Stores producers' batches, in order, all in one commit cycle.
    ///
    /// - A batch that is there already, also from before a restart, is recognised by its producer's numbers and not
    ///   stored again. Source: contracts/kafka.md §5.5.
    /// - When too much waits for the disk the topic keeps the batches and takes them after the next sync, first in,
    ///   first out: callers bound what they hand in.
    ///
    /// - Parameters:
    ///   - batches: Checked by ``ProducerBatch/check(_:partition:sizeMax:)``; `unknownPartition` is the outcome of those
    ///     that are not for a partition of this topic.
    ///   - answer: Called once with one outcome per batch: on the writer thread after the sync that covers all of them
    ///     (and a duplicate's original), or here when none waits for a sync. It does not block.
    package func produce(_ batches: [ProducerBatch], then answer: @escaping @Sendable ([ProduceOutcome]) -> Void) {
        let request = ProduceRequest(batches: batches, answer: answer)
        let now = self.clock()
        let intake = self.state.withLock { self.take(request, isNext: false, at: now, in: &$0) }
        if intake.mustWake { self.wake.post() }
        if let fencing = intake.fenced { self.tell(fencing) }
        intake.answer?.send()
    }

    /// Takes requests that were held back, as many as there is room for and one lock should last; returns those that wait
    /// for no sync. When some are left a sync is under way or something gathers: then it is called again.
    func takeHeld(at now: Timestamp, in state: inout State) -> [ProduceAnswer] {
        var answers: [ProduceAnswer] = []
        let before = self.pendingBytes.load(ordering: .relaxed)
        let mostBytes = min(LogTopic.heldBytesMax, self.limits.pendingBytesMax / 2)
        while let request = state.produce.held.first {
            let pending = self.pendingBytes.load(ordering: .relaxed)
            guard pending < self.limits.pendingBytesMax, pending - before <= mostBytes,
                !request.isNumbered || state.produce.synced != nil
            else { break }
            state.produce.held.removeFirst()
            // On the writer thread, or with it awake: nobody needs to be woken or told of a fence.
            if let answer = self.take(request, isNext: true, at: now, in: &state).answer { answers.append(answer) }
        }
        return answers
    }

    /// Stages a request, or keeps it; `isNext` when nothing that was held back stands before it.
    private func take(
        _ request: ProduceRequest,
        isNext: Bool,
        at now: Timestamp,
        in state: inout State
    ) -> ProduceIntake {
        if let refusal = self.produceRefusal(state.status, isClosing: state.isClosing) {
            return ProduceIntake(answer: request.refused(refusal))
        }
        if let fencing = self.startWriter(in: &state) {
            let answer = request.refused(.fenced(reason: fencing.reason.message))
            return ProduceIntake(fenced: fencing, answer: answer)
        }
        let isFull = self.pendingBytes.load(ordering: .relaxed) >= self.limits.pendingBytesMax
        let needsPast = request.isNumbered && state.produce.synced == nil
        if needsPast { self.startLoader(in: &state) }
        if (!isNext && (isFull || !state.produce.held.isEmpty)) || (needsPast && state.produce.synced == nil) {
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
            guard (0..<self.partitionCount).contains(batch.partition) else {
                pending.outcomes.append((.refused(.unknownPartition), isPending: false))
                continue
            }
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
    var fenced: Fencing?
    var answer: ProduceAnswer?
}
