import MQTTProtocol
import NIOCore
import Synchronization
import TelemetryModel

/// The accepted connections of all event loops, one per session key, and the count of sockets.
///
/// Used at connect and at close only.
final class ConnectionTable: Sendable {
    /// A way to a connection from any thread.
    struct Entry: Sendable {
        var event: ConnectionEvent
        var eventLoop: any EventLoop
        var connection: NIOLoopBound<ConnectionHandler>

        /// Closes the connection on its event loop.
        func close(_ reason: CloseReason) {
            self.eventLoop.execute { self.connection.value.close(reason) }
        }
    }

    private struct State {
        /// Of each principal, mostly one.
        var entries: [Principal: [Entry]] = [:]
        var count = 0
        var revocations = Revocations()
    }

    private let state = Mutex(State())
    private let socketCount = Atomic<Int>(0)
    private let lastID = Atomic<UInt64>(0)

    /// Sockets that are not closed.
    var sockets: Int { self.socketCount.load(ordering: .relaxed) }

    /// Accepted connections.
    var count: Int { self.state.withLock { $0.count } }

    var events: [ConnectionEvent] {
        self.state.withLock { state in state.entries.values.flatMap { $0.map(\.event) } }
    }

    /// Where the list of revocations ends now, for ``register(_:connectionsMax:since:)``.
    var revocationMark: UInt64 { self.state.withLock { $0.revocations.end } }

    func contains(_ principal: Principal) -> Bool { self.state.withLock { $0.entries[principal] != nil } }

    /// An id for a new socket, or `nil` when there are too many.
    func admit(socketsMax: Int) -> UInt64? {
        guard self.socketCount.add(1, ordering: .relaxed).newValue <= socketsMax else {
            self.socketCount.subtract(1, ordering: .relaxed)
            return nil
        }
        return self.lastID.add(1, ordering: .relaxed).newValue
    }

    /// An admitted socket closed.
    func leave() {
        self.socketCount.subtract(1, ordering: .relaxed)
    }

    /// What became of ``register(_:connectionsMax:since:)``.
    enum Registration {
        case registered(older: Entry?)
        case full
        /// The principal was revoked since the mark: the decision may rest on what was true before.
        case revoked
    }

    /// Makes a connection its client's only one; the caller closes the older. [MQTT-3.1.4-3]
    func register(_ entry: Entry, connectionsMax: Int, since mark: UInt64) -> Registration {
        self.state.withLock { state in
            let principal = entry.event.principal
            guard !state.revocations.contains(principal, certificate: entry.event.certificate, since: mark) else {
                return .revoked
            }
            var own = state.entries[principal] ?? []
            if let position = own.firstIndex(where: { $0.event.clientID.hasSameBytes(as: entry.event.clientID) }) {
                let older = own[position]
                own[position] = entry
                state.entries[principal] = own
                return .registered(older: older)
            }
            guard state.count < connectionsMax else { return .full }
            own.append(entry)
            state.entries[principal] = own
            state.count += 1
            return .registered(older: nil)
        }
    }

    /// Removes a connection; false when a newer one has its place.
    func unregister(_ event: ConnectionEvent) -> Bool {
        self.state.withLock { state in
            guard var own = state.entries[event.principal],
                let position = own.firstIndex(where: { $0.event.connectionID == event.connectionID })
            else { return false }
            own.remove(at: position)
            state.entries[event.principal] = own.isEmpty ? nil : own
            state.count -= 1
            return true
        }
    }

    /// Notes that some of a principal's keys or certificates are revoked; returns its connections that another one opened than
    /// these. What no key of its own opened, a policy's token for one, is not among them.
    func revoke(_ principal: Principal, keeping credentials: Set<Int>) -> [Entry] {
        self.state.withLock { state in
            state.revocations.note(principal)
            return (state.entries[principal] ?? []).filter { entry in
                entry.event.credential.map { !credentials.contains($0) } ?? false
            }
        }
    }

    /// Notes that certificates are revoked; returns the connections that they opened.
    func revoke(certificates: Set<Int>) -> [Entry] {
        self.state.withLock { state in
            for certificate in certificates { state.revocations.note(certificate: certificate) }
            return state.entries.values.joined().filter { entry in
                entry.event.certificate.map(certificates.contains) ?? false
            }
        }
    }

    /// Notes that a principal is revoked; returns its connections, a device's with those of its modules.
    func revoke(_ principal: Principal) -> [Entry] {
        self.state.withLock { state in
            state.revocations.note(principal)
            guard case .identity(let identity) = principal, identity.module == nil else {
                return state.entries[principal] ?? []
            }
            return state.entries.lazy.filter { $0.key.identity?.device == identity.device }.flatMap { $0.value }
        }
    }
}
