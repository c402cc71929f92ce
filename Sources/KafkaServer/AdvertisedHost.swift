import NIOCore

/// Which host Metadata names to a client. Contract kafka §7: that of the listener it came in on.
enum AdvertisedHost {
    /// The host for one connection.
    ///
    /// - Parameters:
    ///   - listener: where the client came in.
    ///   - local: the address of this machine that it connected to.
    ///   - hostNames: the names that the hub answers to, which its certificate holds.
    /// - Returns: what was configured; else the listener's own address; else, when that is every address, a name for
    ///   the one the client used: `localhost` or another of the hub's names.
    static func name(listener: KafkaServer.Listener, local: SocketAddress?, hostNames: [String]) -> String {
        if let advertised = listener.advertisedHost { return advertised }
        guard self.isEverywhere(listener.host) else { return listener.host }
        let address = local?.ipAddress ?? "127.0.0.1"
        if self.isLoopback(address) { return hostNames.contains("localhost") ? "localhost" : address }
        return hostNames.first { $0 != "localhost" } ?? address
    }

    /// Whether a bind to `host` takes connections from other machines.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    private static func isEverywhere(_ host: String) -> Bool {
        host == "0.0.0.0" || host == "::"
    }
}
