import NIOCore
import Synchronization
import TelemetryModel

/// The accepted connections of all event loops, one per identity, and the count of sockets.
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

    private let entries = Mutex<[IdentityID: Entry]>([:])
    private let socketCount = Atomic<Int>(0)
    private let lastID = Atomic<UInt64>(0)
    private let revocationCount = Atomic<UInt64>(0)

    /// Sockets that are not closed.
    var sockets: Int { self.socketCount.load(ordering: .relaxed) }

    /// How often identities were disconnected. A CONNECT that is accepted with another count than it began with was
    /// decided on what the registry said before.
    var revocations: UInt64 { self.revocationCount.load(ordering: .acquiring) }

    /// An identity is about to be disconnected: call before ``entries(of:)``.
    func noteRevocation() {
        self.revocationCount.add(1, ordering: .releasing)
    }

    /// Accepted connections.
    var count: Int { self.entries.withLock { $0.count } }

    func contains(_ identity: IdentityID) -> Bool { self.entries.withLock { $0[identity] != nil } }

    var events: [ConnectionEvent] { self.entries.withLock { $0.values.map(\.event) } }

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

    /// What became of ``register(_:connectionsMax:)``.
    enum Registration {
        case registered(older: Entry?)
        case full
    }

    /// Makes a connection the identity's only one; the caller closes the older. [MQTT-3.1.4-2]
    func register(_ entry: Entry, connectionsMax: Int) -> Registration {
        self.entries.withLock { entries in
            let older = entries[entry.event.identity]
            guard older != nil || entries.count < connectionsMax else { return .full }
            entries[entry.event.identity] = entry
            return .registered(older: older)
        }
    }

    /// Removes a connection; false when a newer one has its place.
    func unregister(_ event: ConnectionEvent) -> Bool {
        self.entries.withLock { entries in
            guard entries[event.identity]?.event.connectionID == event.connectionID else { return false }
            entries[event.identity] = nil
            return true
        }
    }

    /// The connections of an identity; a device's include those of its modules.
    func entries(of identity: IdentityID) -> [Entry] {
        self.entries.withLock { entries in
            guard identity.module == nil else { return entries[identity].map { [$0] } ?? [] }
            return entries.values.filter { $0.event.identity.device == identity.device }
        }
    }
}
