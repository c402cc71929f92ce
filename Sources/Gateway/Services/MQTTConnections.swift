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

    package func disconnect(_ principal: Principal, reason: String) {
        self.server.disconnect(principal)
    }

    package func disconnect(_ principal: Principal, keeping credentials: Set<Int>, reason: String) {
        self.server.disconnect(principal, keeping: credentials)
    }

    package func forget(_ principals: [Principal], reason: String) {
        self.server.forget(principals)
    }

    package func isConnected(_ principal: Principal) -> Bool {
        self.server.isConnected(principal)
    }

    package var connectionCount: Int { self.server.connectionCount }
}
