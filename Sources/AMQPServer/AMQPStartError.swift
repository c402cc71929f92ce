import Glibc
import NIOCore

/// Why the AMQP endpoint cannot start: one sentence with the configuration's key.
package struct AMQPStartError: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String

    /// The sentence for what the system said to a bind.
    init(_ error: any Error, host: String, port: Int) {
        let address = "\(host):\(port)"
        self.description =
            switch (error as? IOError)?.errnoCode {
            case EADDRINUSE:
                "amqp.tlsPort \(port): another program listens at \(address) already; stop it, or set amqp.tlsPort to "
                    + "another port, 0 for a free one or off"
            case EACCES: "amqp.tlsPort \(port): only root may listen at \(address); set a port above 1023"
            case EADDRNOTAVAIL: "amqp.tlsHost \(host): this machine has no such address"
            default: "AMQP clients cannot be listened for at \(address) (amqp.tlsPort): \(error)"
            }
    }
}
