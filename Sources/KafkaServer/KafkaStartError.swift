import Glibc
import NIOCore

/// Why the Kafka endpoint cannot start: one sentence with the configuration's key.
package struct KafkaStartError: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String

    /// A reason in one sentence.
    init(_ description: String) {
        self.description = description
    }

    /// The sentence for what the system said to a bind.
    init(_ error: any Error, listener: KafkaServer.Listener, isTLS: Bool) {
        let portKey = isTLS ? "kafka.tlsPort" : "kafka.port"
        let hostKey = isTLS ? "kafka.tlsHost" : "kafka.host"
        let address = "\(listener.host):\(listener.port)"
        self.description =
            switch (error as? IOError)?.errnoCode {
            case EADDRINUSE:
                "\(portKey) \(listener.port): another program listens at \(address) already; stop it, or set "
                    + "\(portKey) to another port, 0 for a free one or off"
            case EACCES: "\(portKey) \(listener.port): only root may listen at \(address); set a port above 1023"
            case EADDRNOTAVAIL: "\(hostKey) \(listener.host): this machine has no such address"
            default: "Kafka clients cannot be listened for at \(address) (\(portKey)): \(error)"
            }
    }
}
