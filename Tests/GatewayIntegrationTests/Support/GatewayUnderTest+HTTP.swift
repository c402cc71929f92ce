import Testing

extension GatewayUnderTest {
    /// An answer of the API.
    struct Answer {
        var status: Int
        var body: String
    }

    /// GET without a token.
    func get(_ path: String) throws -> Answer {
        let socket = try RawSocket(port: self.ports.http)
        try socket.send(Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
        let text = String(decoding: try socket.receiveUntilClosed(within: .seconds(10)), as: UTF8.self)
        let status = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }, "\(text)")
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        return Answer(status: status, body: String(text[end.upperBound...]))
    }

    /// One series of `/metrics`, such as `weir_mqtt_connections_closed_total{reason="refused"}`.
    func metric(_ series: String) throws -> Int {
        let text = try self.get("/metrics").body
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(series) ") }, "no \(series)")
        return try #require(line.split(separator: " ").last.flatMap { Int($0) })
    }

    /// Connections that ended for a reason.
    func closed(_ reason: String) throws -> Int {
        try self.metric("weir_mqtt_connections_closed_total{reason=\"\(reason)\"}")
    }
}
