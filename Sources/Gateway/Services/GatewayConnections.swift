import GatewayAPI
import KafkaServer
import MQTTServer
import TelemetryModel

/// Lets the API close and count the connections of all endpoints.
struct GatewayConnections: ConnectionControlling {
    private let mqtt: MQTTConnections
    private let kafka: KafkaServer?

    /// The connections of these endpoints.
    init(mqtt: MQTTConnections, kafka: KafkaServer?) {
        self.mqtt = mqtt
        self.kafka = kafka
    }

    func disconnect(_ principal: Principal, reason: String) {
        self.mqtt.disconnect(principal, reason: reason)
        self.disconnectKafka([principal])
    }

    func disconnect(_ principal: Principal, keeping credentials: Set<Int>, reason: String) {
        self.mqtt.disconnect(principal, keeping: credentials, reason: reason)
    }

    func forget(_ principals: [Principal], reason: String) {
        self.mqtt.forget(principals, reason: reason)
        self.disconnectKafka(principals)
    }

    func isConnected(_ principal: Principal) -> Bool {
        self.mqtt.isConnected(principal)
    }

    var connectionCount: Int { self.mqtt.connectionCount }

    private func disconnectKafka(_ principals: [Principal]) {
        let names = principals.compactMap { principal -> String? in
            guard case .application(let name) = principal else { return nil }
            return KafkaAuthenticator.principalName(ofApplication: name)
        }
        if !names.isEmpty { self.kafka?.disconnect(principals: names) }
    }
}
