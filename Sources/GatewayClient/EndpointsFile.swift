/// The addresses a running gateway listens on, as `serve` leaves them in `endpoints.json` of its data folder.
package struct EndpointsFile: Codable, Equatable, Sendable {
    /// The file's name in the data folder.
    package static let fileName = "endpoints.json"

    /// `host:port` of MQTT over TCP; `nil` when off.
    package var mqtt: String?
    /// `host:port` of MQTT over TLS; `nil` when off.
    package var mqtts: String?
    /// `host:port` of the HTTP API; `nil` when off.
    package var http: String?
    /// `host:port` of HTTPS and MQTT over WebSocket; `nil` when off.
    package var https: String?
    /// `host:port` of Kafka without TLS; `nil` when off.
    package var kafka: String?
    /// `host:port` of Kafka over TLS; `nil` when off.
    package var kafkas: String?
    /// `host:port` of AMQP over TLS; `nil` when off.
    package var amqps: String?
    /// The names the hub answers to; the first is its own.
    package var hubNames: [String]

    /// Addresses as they were bound.
    package init(
        mqtt: String? = nil,
        mqtts: String? = nil,
        http: String? = nil,
        https: String? = nil,
        kafka: String? = nil,
        kafkas: String? = nil,
        amqps: String? = nil,
        hubNames: [String]
    ) {
        self.mqtt = mqtt
        self.mqtts = mqtts
        self.http = http
        self.https = https
        self.kafka = kafka
        self.kafkas = kafkas
        self.amqps = amqps
        self.hubNames = hubNames
    }

    /// What `serve` prints when it takes messages:
    /// `ready mqtt=127.0.0.1:1883 mqtts=0.0.0.0:8883 http=127.0.0.1:8080 https=0.0.0.0:8443 kafka=127.0.0.1:9092`.
    package var readyLine: String {
        let pairs = [
            ("mqtt", self.mqtt), ("mqtts", self.mqtts), ("http", self.http), ("https", self.https),
            ("kafka", self.kafka), ("kafkas", self.kafkas), ("amqps", self.amqps),
        ]
        return (["ready"] + pairs.compactMap { name, address in address.map { "\(name)=\($0)" } }).joined(
            separator: " "
        )
    }

    /// An address to connect to: where the gateway listens everywhere, this machine's loopback.
    package static func reachable(_ address: String) -> String {
        for (everywhere, loopback) in [("0.0.0.0:", "127.0.0.1:"), ("[::]:", "[::1]:"), (":::", "[::1]:")]
        where address.hasPrefix(everywhere) {
            return loopback + address.dropFirst(everywhere.count)
        }
        return address
    }

    /// The `HostName` of a service connection string for this gateway: a name under which its API can be reached,
    /// with its port where that is not the default.
    package var serviceHostName: String {
        let name = self.hubNames.first ?? "localhost"
        guard let http = self.http, let colon = http.lastIndex(of: ":") else { return name }
        let isLocal = http.hasPrefix("127.") || http.hasPrefix("[::1]") || http.hasPrefix("localhost:")
        let host = isLocal && self.hubNames.contains("localhost") ? "localhost" : name
        let port = http[http.index(after: colon)...]
        return port == "\(GatewayConnection.portDefault)" ? host : "\(host):\(port)"
    }
}
