import Glibc
import NIOCore

/// Why a listener cannot be opened: one sentence with the configuration's key.
package struct MQTTStartError: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String

    /// The sentence for what the system said.
    init(_ error: any Error, listener: MQTTServer.Listener, isTLS: Bool) {
        let portKey = isTLS ? "mqtt.tlsPort" : "mqtt.port"
        let hostKey = isTLS ? "mqtt.tlsHost" : "mqtt.host"
        let address = "\(listener.host):\(listener.port)"
        self.description =
            switch (error as? IOError)?.errnoCode {
            case EADDRINUSE:
                "\(portKey) \(listener.port): another program listens at \(address) already; stop it, or set "
                    + "\(portKey) to another port, 0 for a free one or off"
            case EACCES: "\(portKey) \(listener.port): only root may listen at \(address); set a port above 1023"
            case EADDRNOTAVAIL: "\(hostKey) \(listener.host): this machine has no such address"
            default: "MQTT cannot listen at \(address) (\(portKey)): \(error)"
            }
    }
}
