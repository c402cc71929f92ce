import GatewayAPI
package import MQTTServer
package import NIOCore

/// Hands the API's WebSockets to the MQTT endpoint.
package struct MQTTWebSockets: WebSocketAccepting {
    private let server: MQTTServer

    /// WebSockets for `server`, whose event loops the API shares.
    package init(server: MQTTServer) {
        self.server = server
    }

    package func adopt(
        _ channel: any Channel,
        isTLS: Bool,
        remoteAddress: String,
        clientCertificates: [[UInt8]]
    ) {
        self.server.adopt(
            channel,
            isTLS: isTLS,
            remoteAddress: remoteAddress,
            clientCertificates: clientCertificates
        )
    }
}
