internal import HubProtocol
internal import Synchronization
package import TelemetryModel

/// Which identities are connected, and when each was last heard of. Used from any thread.
package final class LinkTable: Sendable {
    /// What operators see of an identity's connection.
    package struct State: Equatable, Sendable {
        package var isConnected: Bool
        /// In this run of the gateway; `nil` for never.
        package var lastActivity: Timestamp?
        /// When it last connected or disconnected in this run; `nil` for never.
        package var changedAt: Timestamp?

        /// A state.
        package init(isConnected: Bool, lastActivity: Timestamp?, changedAt: Timestamp? = nil) {
            self.isConnected = isConnected
            self.lastActivity = lastActivity
            self.changedAt = changedAt
        }
    }

    private struct Open {
        var entry: LinkEntry
        var subscriptions: HubSubscriptions
    }

    /// What is remembered of an identity; of one that is not connected it stays for the run of the gateway.
    private struct Known {
        /// In order: a newer one has a larger number.
        var connections: [UInt64] = []
        var lastActivity: Timestamp
        var changedAt: Timestamp
    }

    private struct Table {
        var open: [UInt64: Open] = [:]
        var known: [IdentityID: Known] = [:]
        var connectedDevices = 0
    }

    private let table = Mutex(Table())
    private let now: @Sendable () -> Timestamp

    /// An empty table.
    ///
    /// - Parameter now: wall time.
    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// Whether an identity is connected, and when it was last heard of. O(1).
    package func state(of id: IdentityID) -> State {
        self.table.withLock { table in
            guard let known = table.known[id] else { return State(isConnected: false, lastActivity: nil) }
            return State(
                isConnected: !known.connections.isEmpty,
                lastActivity: known.lastActivity,
                changedAt: known.changedAt
            )
        }
    }

    /// How many devices are connected, without modules.
    package var connectedDeviceCount: Int { self.table.withLock { $0.connectedDevices } }

    // MARK: For the hub

    /// A connection opened.
    func open(_ link: any DeviceLink, subscriptions: HubSubscriptions) {
        let now = self.now()
        let entry = LinkEntry(link)
        self.table.withLock { table in
            table.open[link.connectionID] = Open(entry: entry, subscriptions: subscriptions)
            var known = table.known[link.identity] ?? Known(lastActivity: now, changedAt: now)
            if known.connections.isEmpty {
                known.changedAt = now
                if link.identity.module == nil { table.connectedDevices += 1 }
            }
            let place = known.connections.firstIndex { $0 > link.connectionID } ?? known.connections.endIndex
            known.connections.insert(link.connectionID, at: place)
            known.lastActivity = now
            table.known[link.identity] = known
        }
    }

    /// A connection's subscriptions changed.
    func change(_ connectionID: UInt64, subscriptions: HubSubscriptions) {
        let now = self.now()
        self.table.withLock { table in
            guard let open = table.open[connectionID] else { return }
            table.open[connectionID]?.subscriptions = subscriptions
            table.known[open.entry.link.identity]?.lastActivity = now
        }
    }

    /// A connection ended.
    func close(_ connectionID: UInt64) {
        let now = self.now()
        self.table.withLock { table in
            guard let identity = table.open.removeValue(forKey: connectionID)?.entry.link.identity,
                var known = table.known[identity]
            else { return }
            known.connections.removeAll { $0 == connectionID }
            known.lastActivity = now
            if known.connections.isEmpty {
                known.changedAt = now
                if identity.module == nil { table.connectedDevices -= 1 }
            }
            table.known[identity] = known
        }
    }

    /// Something came on a connection; `nil` when it is not open any more.
    func heard(_ connectionID: UInt64) -> LinkEntry? {
        let now = self.now()
        return self.table.withLock { table in
            guard let entry = table.open[connectionID]?.entry else { return nil }
            table.known[entry.link.identity]?.lastActivity = now
            return entry
        }
    }

    /// The newest connection of an identity that is subscribed to that.
    func link(of id: IdentityID, subscribedTo subscription: HubSubscriptions) -> (any DeviceLink)? {
        self.links(of: id, subscribedTo: subscription).last
    }

    /// All connections of an identity that are subscribed to that; the newest is the last.
    func links(of id: IdentityID, subscribedTo subscription: HubSubscriptions) -> [any DeviceLink] {
        self.entries(of: id, subscribedTo: subscription).map(\.link)
    }

    /// The same as entries.
    func entries(of id: IdentityID, subscribedTo subscription: HubSubscriptions) -> [LinkEntry] {
        self.table.withLock { table in
            guard let known = table.known[id] else { return [] }
            return known.connections.compactMap { number in
                guard let open = table.open[number], open.subscriptions.contains(subscription) else { return nil }
                return open.entry
            }
        }
    }

    /// Whether a connection is open.
    func isOpen(_ connectionID: UInt64) -> Bool {
        self.table.withLock { $0.open[connectionID] != nil }
    }
}
