/// Where the API listens and what it allows one client.
package struct APIConfiguration: Sendable {
    /// An address to listen at.
    package struct Listener: Equatable, Sendable {
        /// Host name or address to bind.
        package var host: String
        /// 0 picks a free port.
        package var port: Int

        /// A listener's address.
        package init(host: String = "127.0.0.1", port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// HTTP without TLS; `nil` = off.
    package var http: Listener?
    /// HTTPS; `nil` = off.
    package var https: Listener?
    /// The names the hub answers to, what service tokens are made for.
    package var hubNames: [String]
    /// Shown by `GET /hub`.
    package var version: String
    /// Whether `/healthz` and `/metrics` need no token over HTTP; over HTTPS they always do.
    package var isObservationAnonymous: Bool
    /// Open HTTP connections of one listener; more wait in its backlog. One that became a WebSocket counts no more:
    /// it is the MQTT server's.
    package var connectionsMax = 1_024
    /// Record streams served at once; one more is answered 429.
    package var streamsMax = 64
    /// Bytes of the body of one identity.
    package var identityBodyBytesMax = 64 << 10
    /// Bytes of the body of a bulk request (at most 100 entries).
    package var bulkBodyBytesMax = 512 << 10
    /// Bytes of the body of a twin, a method call, a job or a configuration: a whole twin, read back with its metadata.
    package var documentBytesMax = 1 << 20
    /// Requests a second of one policy; 0 = as many as it likes.
    package var requestsPerSecondMax = 0
    /// Time from a request's first header to the end of its body. A new connection has as long, or ``idleTimeout``
    /// if that is shorter, for the TLS handshake and the first request's headers together.
    package var requestTimeout: Duration = .seconds(30)
    /// Silence between requests after which a connection is closed.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a client may leave its answer unread before its connection is closed.
    package var stallTimeout: Duration = .seconds(600)
    /// Topics that the gateway made for itself: they can be set, and not deleted.
    package var ownTopics: Set<String> = []
    /// The one of them that takes records from outside.
    package var telemetryTopic = "telemetry"
    /// The topic with the twins' changes.
    package var twinTopic = "twin-changes"
    /// The data folder, for backups; `nil`: there are none.
    package var dataFolder: String?
    /// Bytes of the body of one import request.
    package var importBodyBytesMax = 8 << 20
    /// Readings of an import after which its place in the log is noted: so many are read back at most.
    package var importNoteReadings: Int64 = 100_000
    /// How long answers may still be taken once the gateway stops.
    package var drainTimeout: Duration = .seconds(5)

    /// An API at the given addresses.
    ///
    /// - Parameters:
    ///   - http: HTTP without TLS; `nil` = off.
    ///   - https: HTTPS; `nil` = off.
    ///   - hubNames: the names the hub answers to.
    ///   - version: the product's.
    ///   - isObservationAnonymous: whether `/healthz` and `/metrics` need no token over HTTP; by default on
    ///     loopback only.
    package init(
        http: Listener? = Listener(port: 8_080),
        https: Listener? = nil,
        hubNames: [String],
        version: String,
        isObservationAnonymous: Bool? = nil
    ) {
        self.http = http
        self.https = https
        self.hubNames = hubNames
        self.version = version
        self.isObservationAnonymous =
            isObservationAnonymous ?? http.map { APIConfiguration.isLoopback($0.host) } ?? false
    }

    /// Whether only this machine reaches what is bound to `host`.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
