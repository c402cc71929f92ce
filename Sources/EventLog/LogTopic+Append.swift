internal import LogFormat
internal import Synchronization
internal import TelemetryModel

extension LogTopic {
    /// A way in for one event loop's records.
    ///
    /// - Parameter onCommit: Called on the topic's writer thread; it hops to where it wants to be and does not block.
    /// - Returns: An appender for one event loop; as many as one likes.
    package func makeAppender(onCommit: @escaping @Sendable (CommitNotice) -> Void) -> LogAppender {
        LogAppender(topic: self, registration: AppenderRegistration(onCommit: onCommit))
    }

    /// Appends records and returns after the sync that covers them: the slow path, for a few records now and then.
    ///
    /// All of them are in one commit cycle. Throws without having written anything, or, when a write or sync fails,
    /// without anyone knowing what is on the disk.
    package func append(_ records: [NewRecord]) async throws(EventLogError) -> [RecordLocation] {
        if records.isEmpty { return [] }
        let (staging, partitions) = try self.stage(records)
        while true {
            let firstOffsets = Mutex<[Int64]>([])
            let outcome = await withCheckedContinuation { continuation in
                // Exactly one notice follows a submit that was accepted, and one that was held back (with ticket 0).
                let registration = AppenderRegistration { continuation.resume(returning: AppendOutcome.notice($0)) }
                let (result, offsets) = self.submitReturningOffsets(staging, from: registration)
                firstOffsets.withLock { $0 = offsets }
                switch result {
                case .accepted, .refused(.backedUp): break
                case .refused(let refusal): continuation.resume(returning: AppendOutcome.refused(refusal))
                }
            }
            switch outcome {
            case .refused(let refusal):
                throw self.error(for: refusal)
            case .notice(let notice):
                if case .failed(let reason) = notice.outcome { throw self.fenceError(reason) }
                if notice.ticket == 0 { continue }
            }
            var nextOffsets = firstOffsets.withLock { $0 }
            return partitions.map { partition in
                defer { nextOffsets[partition] += 1 }
                return RecordLocation(partition: partition, offset: nextOffsets[partition])
            }
        }
    }

    /// Adds staged records to the gathering cycle; see ``LogAppender/submit()``.
    func submit(_ staging: RecordStaging, from registration: AppenderRegistration) -> SubmitResult {
        let now = self.clock()
        let intake = self.state.withLock { self.take(staging, from: registration, at: now, in: &$0) }
        return self.finish(intake)
    }

    private func take(
        _ staging: RecordStaging,
        from registration: AppenderRegistration,
        at now: Timestamp,
        in state: inout State
    ) -> Intake {
        if let refusal = self.refusal(state.status, isClosing: state.isClosing) { return Intake(.refused(refusal)) }
        guard !staging.records.isEmpty else { return Intake(.accepted(ticket: registration.ticket)) }
        guard self.pendingBytes.load(ordering: .relaxed) < self.limits.pendingBytesMax else {
            if !registration.isHeldBack {
                registration.isHeldBack = true
                state.heldBack.append(registration)
            }
            return Intake(.refused(.backedUp))
        }
        if let reason = self.startWriter(in: &state) {
            return Intake(.refused(.fenced(reason: reason.message)), fenced: reason)
        }
        let cycle = self.gatheringCycle(at: now, in: &state)
        registration.firstOffset = state.nextOffsets[0]
        cycle.append(staging, nextOffsets: &state.nextOffsets, batchBytesMax: self.limits.batchBytesMax)
        registration.ticket += 1
        cycle.join(registration, ticket: registration.ticket)
        self.pendingBytes.add(staging.bytesUsed, ordering: .relaxed)
        let mustWake = state.isWriterWaiting
        state.isWriterWaiting = false
        return Intake(.accepted(ticket: registration.ticket), mustWake: mustWake)
    }

    /// Why the topic takes nothing, but for want of room among what waits.
    func refusal(_ status: Status, isClosing: Bool) -> SubmitRefusal? {
        switch status {
        case .fenced(let reason): .fenced(reason: reason)
        case .closed: .closed
        case .open: isClosing ? .closed : self.diskRefusal
        }
    }

    /// Starts the writer thread when it does not run; without one the topic is fenced for the reason returned.
    func startWriter(in state: inout State) -> FenceReason? {
        guard state.writer == nil else { return nil }
        do throws(LogFileError) {
            state.writer = try WriterThread(name: "log \(self.name)") { self.runWriter() }
            return nil
        } catch {
            let reason = FenceReason(message: "\(error)", isDiskFull: false)
            state.status = .fenced(reason: reason.message)
            state.fenceReason = reason
            return reason
        }
    }

    /// The cycle that gathers, begun when it is empty.
    func gatheringCycle(at now: Timestamp, in state: inout State) -> CommitCycle {
        let cycle = state.gathering
        if cycle.isEmpty {
            state.stamp = max(state.stamp, now)
            state.cycleSerial += 1
            cycle.begin(serial: state.cycleSerial, stamp: state.stamp)
        }
        return cycle
    }

    /// The same for ``append(_:)``, with the offsets before the submit.
    private func submitReturningOffsets(
        _ staging: RecordStaging,
        from registration: AppenderRegistration
    ) -> (SubmitResult, firstOffsets: [Int64]) {
        let now = self.clock()
        let (offsets, intake) = self.state.withLock { state in
            (state.nextOffsets, self.take(staging, from: registration, at: now, in: &state))
        }
        return (self.finish(intake), offsets)
    }

    /// What must not be done under the lock.
    private func finish(_ intake: Intake) -> SubmitResult {
        if intake.mustWake { self.wake.post() }
        if let reason = intake.fenced { self.onFence(self, reason) }
        return intake.result
    }

    private func stage(_ records: [NewRecord]) throws(EventLogError) -> (RecordStaging, partitions: [Int]) {
        let staging = RecordStaging()
        var partitions: [Int] = []
        for record in records {
            let partition = record.key.map { self.partition(forKey: $0) } ?? self.nextKeylessPartition()
            var headers = EncodedHeaders()
            for header in record.headers { headers.append(name: header.name.utf8, value: header.value) }
            let template = RecordTemplate(key: record.key, partition: partition)
            let bytes = record.value.withUnsafeBytes { staging.stage(template, value: $0, properties: headers) }
            guard bytes <= StoredFrame.recordBytesMax else {
                throw .recordTooLarge(bytes: bytes, limit: StoredFrame.recordBytesMax)
            }
            partitions.append(partition)
        }
        return (staging, partitions)
    }

    private func nextKeylessPartition() -> Int {
        self.state.withLock { state in
            defer { state.keylessNext = (state.keylessNext + 1) % self.partitionCount }
            return state.keylessNext
        }
    }

    private func error(for refusal: SubmitRefusal) -> EventLogError {
        switch refusal {
        case .backedUp: .backedUp(topic: self.name)
        case .fenced(let reason): self.fenceError(reason)
        case .diskNearlyFull(let freeBytes, let neededBytes):
            .diskNearlyFull(topic: self.name, freeBytes: freeBytes, neededBytes: neededBytes)
        case .closed: .closed(topic: self.name)
        case .recordTooLarge(let bytes, let limit): .recordTooLarge(bytes: bytes, limit: limit)
        }
    }

    private func fenceError(_ reason: String) -> EventLogError {
        let isDiskFull = self.state.withLock { $0.fenceReason?.isDiskFull ?? false }
        return isDiskFull
            ? .diskFull(topic: self.name, reason: reason) : .fenced(topic: self.name, reason: reason)
    }
}

/// The result of a submit, and what is left to do when the lock is free again.
private struct Intake {
    var result: SubmitResult
    var mustWake: Bool
    var fenced: FenceReason?

    init(_ result: SubmitResult, mustWake: Bool = false, fenced: FenceReason? = nil) {
        self.result = result
        self.mustWake = mustWake
        self.fenced = fenced
    }
}

/// What became of the submit of an append.
private enum AppendOutcome: Sendable {
    case notice(CommitNotice)
    case refused(SubmitRefusal)
}
