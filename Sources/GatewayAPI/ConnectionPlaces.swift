import HummingbirdCore
import NIOCore
import Synchronization

/// The places for HTTP connections of one listener: when all are taken, new ones wait in the kernel's backlog.
///
/// A connection that became a WebSocket gives its place back at once.
final class ConnectionPlaces: AvailableConnectionsDelegate {
    private struct State {
        /// Accepted and not closed.
        var open = 0
        /// Those of `open` that are no longer HTTP.
        var handedOver = 0
        var listener: (any Channel)?
    }

    private let limit: Int
    private let state = Mutex(State())

    /// So many places.
    init(limit: Int) {
        self.limit = limit
    }

    /// The listener whose accepting goes on when a place is free.
    func serve(_ listener: any Channel) {
        self.state.withLock { $0.listener = listener }
    }

    func connectionOpened() {
        self.state.withLock { $0.open += 1 }
    }

    func connectionClosed() {
        self.state.withLock { $0.open -= 1 }
    }

    func isAcceptingNewConnections() -> Bool {
        self.state.withLock { $0.open - $0.handedOver < self.limit }
    }

    /// The connection is HTTP no more.
    func handOver(_ channel: any Channel) {
        let listener = self.state.withLock { state in
            state.handedOver += 1
            return state.listener
        }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.handedOver -= 1 } }
        listener?.read()
    }
}
