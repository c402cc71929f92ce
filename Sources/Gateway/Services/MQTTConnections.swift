import GatewayAPI
package import MQTTServer
package import TelemetryModel

/// Lets the API close and count the connections of the MQTT endpoint.
package struct MQTTConnections: ConnectionControlling {
    private let server: MQTTServer

    /// The connections of `server`.
    package init(server: MQTTServer) {
        self.server = server
    }

    package func disconnect(_ identity: IdentityID, reason: String) {
        self.server.disconnect(identity: identity)
    }

    package func isConnected(_ identity: IdentityID) -> Bool {
        self.server.isConnected(identity)
    }

    package var connectionCount: Int { self.server.connectionCount }
}
