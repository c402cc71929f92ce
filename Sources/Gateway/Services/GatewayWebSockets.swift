package import AMQPServer
package import GatewayAPI
package import MQTTServer
package import NIOCore

/// Hands the API's WebSockets to the servers that speak over them.
package struct GatewayWebSockets: WebSocketAccepting {
    private let mqtt: MQTTServer
    private let amqp: AMQPServer

    /// WebSockets for servers whose event loops the API shares.
    package init(mqtt: MQTTServer, amqp: AMQPServer) {
        self.mqtt = mqtt
        self.amqp = amqp
    }

    package func adopt(
        _ channel: any Channel,
        for service: WebSocketService,
        isTLS: Bool,
        remoteAddress: String,
        clientCertificates: [[UInt8]]
    ) {
        switch service {
        case .mqtt:
            self.mqtt.adopt(
                channel,
                isTLS: isTLS,
                remoteAddress: remoteAddress,
                clientCertificates: clientCertificates
            )
        case .amqp:
            self.amqp.adopt(channel, remoteHost: remoteAddress)
        }
    }
}
