import MQTTProtocol
import NIOCore
import Synchronization

/// The gate that new connections of all event loops pass: after a restart all devices come at once, and those that are
/// in must work.
final class Admissions: Sendable {
    private struct State: ~Copyable {
        var gate: AdmissionGate<UInt64>
        var waiters: [UInt64: NIOLoopBound<AdmissionHandler>] = [:]
        var isTickScheduled = false
    }

    private let state: Mutex<State>

    init(limits: AdmissionGate<UInt64>.Limits) {
        self.state = Mutex(State(gate: AdmissionGate(limits: limits)))
    }

    /// A socket came to a loop; one that is to wait calls ``wait(_:tickAt:)`` next.
    func arrive(_ id: UInt64, at loop: IngestLoop) -> AdmissionGate<UInt64>.Arrival {
        let now = loop.uptime
        return self.state.withLock { $0.gate.arrive(id, at: now) }
    }

    /// Lets the socket in when its turn comes.
    func wait(_ socket: AdmissionHandler, tickAt: Duration) {
        let eventLoop = socket.loop.eventLoop.nonisolated()
        let bound = NIOLoopBound(socket, eventLoop: eventLoop)
        let mustSchedule = self.state.withLock { state in
            state.waiters[socket.id] = bound
            return !exchange(&state.isTickScheduled, with: true)
        }
        if mustSchedule { self.schedule(tickAt, on: eventLoop) }
    }

    /// The socket closed while it waited.
    func leave(_ id: UInt64) {
        self.state.withLock { state in
            state.gate.leave(id)
            state.waiters[id] = nil
        }
    }

    private func schedule(_ tickAt: Duration, on eventLoop: any EventLoop) {
        let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, tickAt.wholeNanoseconds)))
        eventLoop.scheduleTask(deadline: deadline) { self.tick(on: eventLoop) }
    }

    private func tick(on eventLoop: any EventLoop) {
        let now = Duration.nanoseconds(Int64(eventLoop.now.uptimeNanoseconds))
        let (admitted, dropped, tickAt) = self.state.withLock { state in
            let decision = state.gate.tick(at: now)
            state.isTickScheduled = decision.tickAt != nil
            return (
                decision.admitted.compactMap { state.waiters.removeValue(forKey: $0) },
                decision.dropped.compactMap { state.waiters.removeValue(forKey: $0) },
                decision.tickAt
            )
        }
        for socket in admitted { socket.eventLoop.execute { socket.value.admit() } }
        for socket in dropped { socket.eventLoop.execute { socket.value.giveUp() } }
        if let tickAt { self.schedule(tickAt, on: eventLoop) }
    }
}
