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
    /// `nil` = off.
    package var http: Listener?
    /// Whether `/metrics`, `/healthz` and `/time` answer without a token.
    package var metricsAnonymous: Bool
    /// The operator's own certificate; `nil` = one of the built-in CA.
    package var certificateFile: String?
    /// See ``certificateFile``.
    package var keyFile: String?
    package var logPartitions: Int
    package var segmentSizeMaxBytes: Int
    package var pendingMaxBytes: Int
    package var streamsCheckpoint: Duration
    /// A level of swift-log.
    package var loggingLevel: String
}
