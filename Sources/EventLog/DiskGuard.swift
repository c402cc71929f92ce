internal import Synchronization

/// What all topics of a log know of their disk: whether they may take records.
final class DiskGuard: Sendable {
    /// Bytes written after which the disk is looked at before its time.
    static let lookBytes = 16 << 20

    private struct State {
        var gate: DiskGate
        var observers: [@Sendable (DiskState) -> Void] = []
        var onWritten: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>
    private let isRefusing = Atomic(false)
    private let isRefusingOwn = Atomic(false)
    private let freeBytes = Atomic<UInt64>(.max)
    private let resumeBytes: UInt64
    private let written = Atomic<Int>(0)

    init(freeBytesMin: UInt64) {
        let gate = DiskGate(freeBytesMin: freeBytesMin)
        self.resumeBytes = gate.resumeBytes
        self.state = Mutex(State(gate: gate))
    }

    /// Why a topic may take nothing; `nil` when it may. One atomic load while there is room.
    func refusal(isOwn: Bool) -> SubmitRefusal? {
        let isRefusing =
            isOwn ? self.isRefusingOwn.load(ordering: .relaxed) : self.isRefusing.load(ordering: .relaxed)
        guard isRefusing else { return nil }
        return .diskNearlyFull(freeBytes: self.freeBytes.load(ordering: .relaxed), neededBytes: self.resumeBytes)
    }

    var diskState: DiskState {
        guard self.isRefusing.load(ordering: .relaxed) else { return .ok }
        return .nearlyFull(freeBytes: self.freeBytes.load(ordering: .relaxed), neededBytes: self.resumeBytes)
    }

    /// Takes in how much is free; returns the state when it is another one than before.
    func observe(freeBytes: UInt64) -> DiskState? {
        self.freeBytes.store(freeBytes, ordering: .relaxed)
        let (before, gate, observers) = self.state.withLock { state in
            let before = state.gate.isRefusing
            state.gate.observe(freeBytes: freeBytes)
            return (before, state.gate, state.observers)
        }
        self.isRefusing.store(gate.isRefusing, ordering: .relaxed)
        self.isRefusingOwn.store(gate.isRefusingOwn, ordering: .relaxed)
        guard before != gate.isRefusing else { return nil }
        let state = self.diskState
        for observer in observers { observer(state) }
        return state
    }

    /// Calls `observer` at every change, and now when the disk is nearly full.
    func add(_ observer: @escaping @Sendable (DiskState) -> Void) {
        self.state.withLock { $0.observers.append(observer) }
        let state = self.diskState
        if state != .ok { observer(state) }
    }

    /// What to call when much was written.
    func onWritten(_ look: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.onWritten = look }
    }

    /// Counts what a writer thread wrote.
    func wrote(_ bytes: Int) {
        let written = self.written.add(bytes, ordering: .relaxed).newValue
        guard written >= DiskGuard.lookBytes else { return }
        self.written.subtract(written, ordering: .relaxed)
        self.state.withLock { $0.onWritten }?()
    }
}
