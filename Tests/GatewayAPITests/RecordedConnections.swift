import GatewayAPI
import Synchronization
import TelemetryModel

/// Remembers what the API asked of the device servers.
final class RecordedConnections: ConnectionControlling {
    private struct State {
        var connected: Set<Principal> = []
        var disconnected: [String] = []
        var forgotten: [Principal] = []
    }

    private let state = Mutex(State())

    func disconnect(_ principal: Principal, reason: String) {
        self.state.withLock { $0.disconnected.append("\(principal): \(reason)") }
    }

    func disconnect(_ principal: Principal, keeping credentials: Set<Int>, reason: String) {
        self.disconnect(principal, reason: reason)
    }

    func forget(_ principals: [Principal], reason: String) {
        self.state.withLock { state in
            state.disconnected += principals.map { "\($0): \(reason)" }
            state.forgotten += principals
        }
    }

    func isConnected(_ principal: Principal) -> Bool {
        self.state.withLock { $0.connected.contains(principal) }
    }

    var connectionCount: Int { self.state.withLock { $0.connected.count } }

    /// Makes an identity look connected.
    func connect(_ identity: IdentityID) {
        self.state.withLock { _ = $0.connected.insert(.identity(identity)) }
    }

    /// Principals whose sessions were ended, in order.
    var forgotten: [Principal] { self.state.withLock { $0.forgotten } }

    /// `id: reason` of every call, in order.
    var disconnected: [String] { self.state.withLock { $0.disconnected } }
}
