import Glibc
import Testing

/// The ports of a gateway.
struct GatewayPorts: Equatable, Sendable {
    /// 0 picks a free one.
    var mqtt = 0
    /// 0 picks a free one.
    var mqtts = 0
    /// 0 picks a free one.
    var http = 0
    /// 0 picks a free one.
    var https = 0
    /// 0 picks a free one.
    var kafka = 0
    /// 0 picks a free one; `nil`: off.
    var kafkas: Int?
    /// 0 picks a free one; `nil`: off.
    var amqps: Int?

    /// Five ports that are free now and stay so over a restart: below those that the system gives to outgoing
    /// connections, so that no client that tries again takes the port of a gateway that is down.
    static func lasting() throws -> GatewayPorts {
        let ports = Array((20_000..<30_000).shuffled().lazy.filter(GatewayPorts.isFree).prefix(5))
        try #require(ports.count == 5, "no free ports")
        return GatewayPorts(mqtt: ports[0], mqtts: ports[1], http: ports[2], https: ports[3], kafka: ports[4])
    }

    /// Whether a port of loopback can be bound.
    static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        return RawSocket.withLoopback(port: port) { bind(descriptor, $0, $1) } == 0
    }

    var settings: [String] {
        [
            "--set", "mqtt.port=\(self.mqtt)", "--set", "mqtt.tlsPort=\(self.mqtts)", "--set",
            "mqtt.tlsHost=127.0.0.1", "--set", "http.port=\(self.http)", "--set", "https.port=\(self.https)", "--set",
            "https.host=127.0.0.1", "--set", "kafka.port=\(self.kafka)",
        ]
            + (self.kafkas.map { ["--set", "kafka.tlsPort=\($0)", "--set", "kafka.tlsHost=127.0.0.1"] } ?? [])
            + (self.amqps.map { ["--set", "amqp.tlsPort=\($0)", "--set", "amqp.tlsHost=127.0.0.1"] } ?? [])
    }
}
