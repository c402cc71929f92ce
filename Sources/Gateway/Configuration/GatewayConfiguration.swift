/// The gateway's settings, checked. Units and reasons: `config/gateway.yaml`.
package struct GatewayConfiguration: Equatable, Sendable {
    /// A listener's address; `port` 0 picks a free one.
    package struct Listener: Equatable, Sendable {
        package var host: String
        package var port: Int

        /// A listener's address.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// Names the hub answers to; never empty, the first one stands in connection strings.
    package var hubNames: [String]
    /// What devices name that ask the provisioning service; `nil` = there is none.
    package var idScope: String?
    /// How long a cloud-to-device message waits whose sender does not say.
    package var messageLife: Duration
    /// `nil` = off.
    package var mqtt: Listener?
    /// `nil` = off.
    package var mqttTLS: Listener?
    /// Event loops for MQTT; 0 = one per core.
    package var mqttThreads: Int
    package var connectionsMax: Int
    package var connectTimeout: Duration
    /// Largest packet after CONNECT was accepted.
    package var packetSizeMaxBytes: Int
    /// Connections let in a second; those beyond it wait unread.
    package var connectRatePerSecondMax: Int
    /// Connections let in at once after a rest.
    package var connectBurstMax: Int
    /// The longest Keep Alive; a client that asks for more, or for none, gets this.
    package var keepAliveMax: Duration
    /// QoS 1 and 2 messages a client may send ahead of their acknowledgement: the server's Receive Maximum.
    package var inflightMax: Int
    /// Topic aliases a client may set; 0 = none.
    package var topicAliasMax: Int
    /// Bytes that all clients together may leave unread.
    package var bufferedMaxBytes: Int
    /// Sessions, connected or kept.
    package var sessionsMax: Int
    /// The same of one identity or application.
    package var sessionsPerIdentityMax: Int
    /// Subscriptions of one session.
    package var subscriptionsMax: Int
    /// How long a session is kept after its connection, at most; 4294967295 = for ever.
    package var sessionExpiryMaxSeconds: Int
    /// Messages that may wait for one session.
    package var sessionQueueMax: Int
    package var retainedMessagesMax: Int
    /// Bytes of their topics and payloads.
    package var retainedMaxBytes: Int
    /// Devices whose received numbers are remembered; 0 = numbers are not looked at.
    package var receivedDevicesMax: Int
    /// PUBLISH packets a second of one identity; 0 = no limit. An identity's own limit goes before.
    package var messagesPerSecondMax: Int
    /// Bytes a second of one identity; 0 = no limit.
    package var bytesPerSecondMax: Int
    /// CONNECT packets a minute of one identity; 0 = no limit.
    package var connectsPerMinuteMax: Int
    /// Topics of connections without credentials; both lists empty = there are none.
    package var anonymousPublish: [String]
    /// See ``anonymousPublish``.
    package var anonymousSubscribe: [String]
    /// `nil` = off.
    package var http: Listener?
    /// HTTPS and MQTT over WebSocket; `nil` = off.
    package var https: Listener?
    /// Requests a second of one policy at the API; 0 = as many as it likes.
    package var requestsPerSecondMax: Int
    /// The Kafka endpoint.
    package var kafka: KafkaSettings
    /// AMQP 1.0 over TLS, for service clients; `nil` = off.
    package var amqp: Listener?
    /// Sockets of AMQP at once, WebSockets included.
    package var amqpConnectionsMax: Int
    /// Whether `/metrics` and `/healthz` answer without a token over HTTP.
    package var metricsAnonymous: Bool
    /// The operator's own certificate; `nil` = one of the built-in CA.
    package var certificateFile: String?
    /// See ``certificateFile``.
    package var keyFile: String?
    /// PEM files of the CAs whose client certificates are good, beside the built-in one.
    package var clientAuthorityFiles: [String]
    /// The rules by which ordinary topics become telemetry; `nil` = none.
    package var ingestFile: String?
    /// Discovery messages for Home Assistant.
    package var homeAssistant: HomeAssistantSettings
    package var logPartitions: Int
    package var segmentSizeMaxBytes: Int
    package var pendingMaxBytes: Int
    /// Age at which records of topics made from now on are removed; `nil` = never.
    package var logRetention: Duration?
    package var logTopicsMax: Int
    /// Bytes of the disk that stay free: below, nothing is taken.
    package var freeMinBytes: Int
    package var streamsCheckpoint: Duration
    /// A level of swift-log.
    package var loggingLevel: String
}
