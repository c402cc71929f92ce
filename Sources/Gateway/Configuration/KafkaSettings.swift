/// The settings of the Kafka endpoint, checked. Units and reasons: `config/gateway.yaml`.
package struct KafkaSettings: Equatable, Sendable {
    /// Without TLS; `nil` = off.
    package var plain: GatewayConfiguration.Listener?
    /// With TLS; `nil` = off.
    package var tls: GatewayConfiguration.Listener?
    /// `host` or `host:port` that clients of the listener without TLS are told; `nil`: its own.
    package var advertised: String?
    /// The same with TLS.
    package var tlsAdvertised: String?
    /// Whether clients without TLS prove who they are.
    package var isAuthenticated: Bool
    package var connectionsMax: Int
    package var requestSizeMaxBytes: Int
    package var groupsMax: Int
    /// How long offsets of a group without members are kept.
    package var offsetsRetention: Duration
    /// Whether a client makes a topic by asking for it.
    package var createsTopicsOnDemand: Bool

    /// What is wrong with an advertised address; `nil` when nothing is.
    package static func fault(ofAdvertised text: String) -> String? {
        guard let (host, port) = self.hostAndPort(text), !host.isEmpty, port.map({ (1...65_535).contains($0) }) ?? true
        else { return "host, or host:port with a port from 1 to 65535; an IPv6 address in brackets" }
        return nil
    }

    /// The parts of `host`, `host:port`, `[v6]` or `[v6]:port`; `nil` when it is none of these.
    package static func hostAndPort(_ text: String) -> (host: String, port: Int?)? {
        var host = text[...]
        var port: Int?
        let isBracketed = host.hasPrefix("[")
        if let colon = host.lastIndex(of: ":"), !isBracketed || host[..<colon].hasSuffix("]") {
            guard let number = Int(host[host.index(after: colon)...]) else { return nil }
            port = number
            host = host[..<colon]
        }
        if isBracketed {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return (String(host), port)
    }
}
