/// Where the API listens and what it allows one client.
package struct APIConfiguration: Sendable {
    /// Host name or address to bind.
    package var host: String
    /// 0 picks a free port.
    package var port: Int
    /// The names the hub answers to, what service tokens are made for.
    package var hubNames: [String]
    /// Shown by `GET /hub`.
    package var version: String
    /// Whether `/healthz`, `/metrics` and `/time` need no token.
    package var isObservationAnonymous: Bool
    /// Open connections; more wait in the listener's backlog.
    package var connectionsMax = 1_024
    /// Record streams served at once; one more is answered 429.
    package var streamsMax = 64
    /// Bytes of the body of one identity.
    package var identityBodyBytesMax = 64 << 10
    /// Bytes of the body of a bulk request (at most 100 entries).
    package var bulkBodyBytesMax = 512 << 10
    /// Time from a request's first header to the end of its body.
    package var requestTimeout: Duration = .seconds(30)
    /// Silence between requests after which a connection is closed.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a client may leave its answer unread before its connection is closed.
    package var stallTimeout: Duration = .seconds(600)
    /// How long answers may still be taken once the gateway stops.
    package var drainTimeout: Duration = .seconds(5)

    /// An API at `host` and `port`.
    ///
    /// - Parameters:
    ///   - host: host name or address to bind.
    ///   - port: 0 picks a free one.
    ///   - hubNames: the names the hub answers to.
    ///   - version: the product's.
    ///   - isObservationAnonymous: whether `/healthz`, `/metrics` and `/time` need no token; by default on loopback only.
    package init(
        host: String = "127.0.0.1",
        port: Int = 8_080,
        hubNames: [String],
        version: String,
        isObservationAnonymous: Bool? = nil
    ) {
        self.host = host
        self.port = port
        self.hubNames = hubNames
        self.version = version
        self.isObservationAnonymous = isObservationAnonymous ?? APIConfiguration.isLoopback(host)
    }

    /// Whether only this machine reaches what is bound to `host`.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
