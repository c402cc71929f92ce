/// What is spoken over the WebSockets of the API's listeners.
package enum WebSocketService: CaseIterable, Sendable {
    /// MQTT 5.0 §6, contract iothub-mqtt section 1.
    case mqtt
    /// AMQP 1.0 for service clients, contract iothub-rest section 6.
    case amqp

    /// Where it is served; the ones with a `$` are fixed in the Azure SDKs.
    var paths: [String] {
        switch self {
        case .mqtt: ["/mqtt", "/$iothub/websocket", "/%24iothub/websocket"]
        case .amqp:
            [
                "/$servicebus/websocket", "/$servicebus/websocket/", "/%24servicebus/websocket",
                "/%24servicebus/websocket/",
            ]
        }
    }

    /// The subprotocol that a client offers and the answer names. [MQTT-6.0.0-3] [MQTT-6.0.0-4]
    var subprotocol: String {
        switch self {
        case .mqtt: "mqtt"
        case .amqp: "AMQPWSB10"
        }
    }
}
