package import NIOSSL
import Synchronization

/// The TLS context that listeners give to new connections. It can be exchanged while they listen: connections that are open
/// keep theirs.
package final class TLSContextSource: Sendable {
    private let state: Mutex<NIOSSLContext>

    /// Begins with this context.
    package init(_ context: NIOSSLContext) {
        self.state = Mutex(context)
    }

    /// For the next connection.
    package var context: NIOSSLContext { self.state.withLock { $0 } }

    /// Connections from now on get this one. What other contexts gave them to resume by counts no more: they shake hands in
    /// full.
    package func replace(by context: NIOSSLContext) {
        self.state.withLock { $0 = context }
    }
}
