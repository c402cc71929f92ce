import DequeModule
import EventLog
import NIOCore
import ReadingNumbers
import TelemetryModel

/// One event loop's part of the numbering: judges the messages of the devices that are its own, and learns from the
/// commit notices which of them are in the log.
///
/// ```
///             judge                  submit             notice: synced ──► ReceivedNumbers, DeviceNumbers
/// publish ──► new ──► staged ──────► submitted ────────┤
///         └─► repeated: dropped, and acknowledged      └ failed ──► forgotten, as if they had never come
/// ```
/// - Confined to its event loop.
/// - A message that is on its way already is acknowledged no earlier than with the last submit that may hold it.
final class NumbersLoop {
    /// What becomes of a message.
    enum Verdict {
        case store
        /// It is, or will be, in the log: only its acknowledgement is due.
        case drop
        /// The device is another loop's: ``ConnectionHandler/numbersGranted()`` follows.
        case wait
    }

    private struct Claim {
        let name: String
        /// Those that wait, none that is closed.
        var connections: [ConnectionHandler]
        /// Another loop waits behind this one.
        var isRecalled = false
    }

    private struct Submitted {
        let ticket: UInt64
        let messages: [StagedNumbers]
    }

    private let shared: ReceivedNumbers
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> Timestamp
    weak var loop: IngestLoop?
    private var devices: [DeviceKey: NumberedDevice] = [:]
    private var claims: [DeviceKey: Claim] = [:]
    private var staged: [StagedNumbers] = []
    private var submitted: Deque<Submitted> = []

    init(_ shared: ReceivedNumbers, eventLoop: any EventLoop, clock: @escaping @Sendable () -> Timestamp) {
        self.shared = shared
        self.eventLoop = eventLoop
        self.clock = clock
    }

    // MARK: Messages

    /// Decides about a message of the connection; after `store` the caller stages it.
    func judge(_ numbers: MessageNumbers, of session: Session, on connection: ConnectionHandler) -> Verdict {
        guard numbers.span != nil || !numbers.dropped.isEmpty else {
            self.loop?.tally.misnumbered += 1
            return .store
        }
        guard let device = self.device(of: session, connection) else { return .wait }
        if let span = numbers.span {
            switch device.numbers.judge(span) {
            case .new: break
            case .repeated:
                self.loop?.tally.repeated += 1
                return .drop
            case .repeatedUnsynced:
                self.loop?.tally.repeated += 1
                // What is not submitted yet is submitted together with this answer.
                if let last = self.submitted.last { self.loop?.answersWait(forTelemetry: last.ticket) }
                return .drop
            }
        } else {
            device.numbers.stageUnnumbered()
        }
        if numbers.isMalformed { self.loop?.tally.misnumbered += 1 }
        self.staged.append(StagedNumbers(device: device, numbers: numbers))
        return .store
    }

    /// The connection's device, when it is this loop's.
    private func device(of session: Session, _ connection: ConnectionHandler) -> NumberedDevice? {
        if let device = session.numbered {
            if !device.isRecalled { return device }
            self.leave(session)
        }
        guard let name = session.event.identity?.description else { return nil }
        let key = self.shared.key(of: name)
        if let device = self.devices[key], !device.isRecalled { return self.join(session, device) }
        if self.claims[key] != nil {
            self.claims[key]?.connections.append(connection)
            return nil
        }
        let reference = NumbersLoopReference(
            eventLoop: self.eventLoop,
            lane: NIOLoopBound(self, eventLoop: self.eventLoop)
        )
        guard let ranges = self.shared.claim(key, by: reference) else {
            self.claims[key] = Claim(name: name, connections: [connection])
            return nil
        }
        return self.join(session, self.take(key, name: name, ranges))
    }

    private func take(_ key: DeviceKey, name: String, _ ranges: ReceivedRanges) -> NumberedDevice {
        let device = NumberedDevice(key: key, name: name, numbers: DeviceNumbers(synced: ranges))
        self.devices[key] = device
        return device
    }

    private func join(_ session: Session, _ device: NumberedDevice) -> NumberedDevice {
        device.users += 1
        session.numbered = device
        return device
    }

    /// The session judges by its device no more.
    func leave(_ session: Session) {
        guard let device = exchange(&session.numbered, with: nil) else { return }
        device.users -= 1
        self.releaseIfIdle(device)
    }

    /// A connection that waits for its device is closed.
    func abandon(_ connection: ConnectionHandler, of session: Session) {
        guard let name = session.event.identity?.description else { return }
        self.claims[self.shared.key(of: name)]?.connections.removeAll { $0 === connection }
    }

    // MARK: Owners

    /// Another loop waits for a device, or it is being deleted.
    func recall(_ key: DeviceKey) {
        guard let device = self.devices[key] else {
            // It is granted already, and that is still on its way to here.
            self.claims[key]?.isRecalled = true
            return
        }
        device.isRecalled = true
        self.releaseIfIdle(device)
    }

    /// A device is this loop's now: what waits for it goes on.
    func granted(_ key: DeviceKey, _ ranges: ReceivedRanges, isRecalled: Bool) {
        guard let claim = self.claims.removeValue(forKey: key) else { return self.shared.release(key) }
        let device = self.take(key, name: claim.name, ranges)
        // Kept until all that wait have had their turn.
        device.users += 1
        for connection in claim.connections { connection.numbersGranted() }
        device.users -= 1
        if isRecalled || claim.isRecalled { device.isRecalled = true }
        self.releaseIfIdle(device)
    }

    private func releaseIfIdle(_ device: NumberedDevice) {
        guard device.isIdle, self.devices[device.key] === device else { return }
        self.devices[device.key] = nil
        // No connection may judge by what it has from here on.
        device.isRecalled = true
        self.shared.release(device.key)
    }

    // MARK: The log

    /// What is staged has this ticket.
    func submitted(ticket: UInt64) {
        guard !self.staged.isEmpty else { return }
        self.submitted.append(Submitted(ticket: ticket, messages: exchange(&self.staged, with: [])))
    }

    /// What is staged was refused by the log.
    func discard() {
        self.fail(exchange(&self.staged, with: []))
    }

    /// A notice of the telemetry topic; before the acknowledgements that it allows are written.
    func committed(_ notice: CommitNotice) {
        var lost: [StagedNumbers] = []
        while let first = self.submitted.first, first.ticket <= notice.ticket {
            self.submitted.removeFirst()
            switch notice.outcome {
            case .synced: self.commit(first.messages)
            case .failed: lost += first.messages
            }
        }
        if !lost.isEmpty { self.fail(lost) }
    }

    private func commit(_ messages: [StagedNumbers]) {
        let minute = self.clock().minute
        self.shared.record(messages, atMinute: minute)
        for message in messages {
            message.device.numbers.commit(message.numbers.span, atMinute: minute)
            self.releaseIfIdle(message.device)
        }
    }

    /// Messages are lost. One pass over all that is still open: a fence may lose very many at once.
    private func fail(_ messages: [StagedNumbers]) {
        var losers: [ObjectIdentifier: (device: NumberedDevice, count: Int, open: [ReadingSpan])] = [:]
        for message in messages {
            losers[ObjectIdentifier(message.device), default: (message.device, 0, [])].count += 1
        }
        for message in self.submitted.lazy.flatMap(\.messages) { NumbersLoop.note(message, in: &losers) }
        for message in self.staged { NumbersLoop.note(message, in: &losers) }
        for (device, count, open) in losers.values {
            device.numbers.fail(count, unsettled: open)
            self.releaseIfIdle(device)
        }
    }

    private static func note(
        _ message: StagedNumbers,
        in losers: inout [ObjectIdentifier: (device: NumberedDevice, count: Int, open: [ReadingSpan])]
    ) {
        guard let span = message.numbers.span else { return }
        losers[ObjectIdentifier(message.device)]?.open.append(span)
    }

    /// The loop takes nothing any more.
    func close() {
        self.claims = [:]
        for device in Array(self.devices.values) where device.numbers.unsettled == 0 {
            device.isRecalled = true
            self.releaseIfIdle(device)
        }
    }
}

extension Timestamp {
    /// Whole minutes since 1970.
    var minute: UInt32 { UInt32(clamping: self.milliseconds / 60_000) }
}
