/// Debian's `mosquitto_pub` and `mosquitto_sub` on ordinary topics, with a user name and a password or a certificate.
struct MosquittoBrokerClient {
    /// How the client reaches the gateway.
    enum Transport: String, Sendable, CaseIterable {
        case tcp
        /// This version and no other.
        case tls12 = "tlsv1.2"
        case tls13 = "tlsv1.3"
    }

    let gateway: GatewayUnderTest
    /// `nil`: no user name.
    var login: GatewayUnderTest.Login?
    var transport = Transport.tcp
    /// `mqttv311` or `mqttv5`.
    var version = "mqttv311"
    /// Files of a client certificate and its key.
    var certificate: (certificate: String, key: String)?

    private var connection: [String] {
        var arguments = ["-V", self.version]
        switch self.transport {
        case .tcp: arguments += ["-h", "127.0.0.1", "-p", "\(self.gateway.ports.mqtt)"]
        case .tls12, .tls13:
            arguments += [
                "-h", "localhost", "-p", "\(self.gateway.ports.mqtts)", "--cafile", self.gateway.authority,
                "--tls-version", self.transport.rawValue,
            ]
        }
        if let login = self.login {
            arguments += ["-u", login.user]
            if !login.password.isEmpty { arguments += ["-P", login.password] }
        }
        if let files = self.certificate { arguments += ["--cert", files.certificate, "--key", files.key] }
        return arguments
    }

    /// Publishes one message; with QoS 1 and 2 the program ends when it is acknowledged.
    func publish(
        _ topic: String,
        _ payload: String,
        qos: Int,
        options: [String] = []
    ) async throws -> RunningProcess.Result {
        let message = payload.isEmpty ? ["-n"] : ["-m", payload]
        return try await RunningProcess.run(
            "mosquitto_pub",
            self.connection + ["-q", "\(qos)", "-t", topic] + message + options,
            within: .seconds(15)
        )
    }

    /// Subscribes with QoS 2 and ends when SUBACK is there; `-d` makes the program say what was granted.
    ///
    /// - Parameters:
    ///   - client: the client identifier.
    ///   - filters: to subscribe to.
    ///   - stays: the session stays when the program has ended.
    /// - Returns: how the program ended.
    /// - Throws: when it does not end in time.
    func subscribe(_ client: String, _ filters: [String], stays: Bool) async throws -> RunningProcess.Result {
        try await RunningProcess.run(
            "mosquitto_sub",
            self.connection + self.session(client, stays: stays) + ["-d", "-E", "-q", "2", "-W", "10"]
                + filters.flatMap { ["-t", $0] },
            within: .seconds(15)
        )
    }

    /// Takes a session up again and receives messages, as lines in a format of mosquitto_sub.
    ///
    /// - Parameters:
    ///   - client: the client identifier of a session that stayed.
    ///   - count: the program ends after so many, or after ten seconds with status 27.
    ///   - format: of mosquitto_sub, `-F`.
    ///   - filters: to subscribe to besides what the session has; mosquitto_sub wants one at least.
    /// - Returns: how the program ended.
    /// - Throws: when it does not end in time.
    func receive(
        _ client: String,
        count: Int,
        format: String = "%t %p",
        filters: [String] = ["t/nothing"]
    ) async throws -> RunningProcess.Result {
        try await RunningProcess.run(
            "mosquitto_sub",
            self.connection + self.session(client, stays: true)
                + ["-q", "2", "-W", "10", "-C", "\(count)", "-F", format] + filters.flatMap { ["-t", $0] },
            within: .seconds(20)
        )
    }

    /// A subscriber that runs on, with a Will.
    func run(_ client: String, filters: [String], options: [String]) throws -> RunningProcess {
        try RunningProcess(
            "mosquitto_sub",
            self.connection + ["-i", client, "-q", "2"] + filters.flatMap { ["-t", $0] } + options
        )
    }

    private func session(_ client: String, stays: Bool) -> [String] {
        ["-i", client] + (stays ? ["-c"] + (self.version == "mqttv5" ? ["-x", "3600"] : []) : [])
    }
}
