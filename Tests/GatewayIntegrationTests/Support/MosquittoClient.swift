/// Debian's `mosquitto_pub` and `mosquitto_sub` as a device.
struct MosquittoClient {
    /// How the client reaches the gateway.
    enum Transport: Sendable {
        case tcp
        case tls
    }

    let device: TestDevice
    let gateway: GatewayUnderTest
    var transport = Transport.tcp

    private var connection: [String] {
        let address =
            switch self.transport {
            case .tcp: ["-h", "127.0.0.1", "-p", "\(self.gateway.ports.mqtt)"]
            case .tls:
                ["-h", "localhost", "-p", "\(self.gateway.ports.mqtts)", "--cafile", self.gateway.authority]
            }
        return address + [
            "-V", "mqttv311", "-i", self.device.id, "-u", self.device.userName, "-P", self.device.token,
        ]
    }

    /// Publishes one message; with QoS 1 the program ends when PUBACK has come.
    func publish(
        _ payload: String,
        bag: String = "",
        qos: Int = 1,
        within limit: Duration = .seconds(15)
    ) async throws -> RunningProcess.Result {
        try await RunningProcess.run(
            "mosquitto_pub",
            self.connection + ["-q", "\(qos)", "-t", self.device.eventsTopic + bag, "-m", payload],
            within: limit
        )
    }

    /// Connects with a Will that is telemetry, and stays until it is killed.
    func stay(will payload: String) throws -> RunningProcess {
        let filter = "devices/\(self.device.id)/messages/devicebound/#"
        let will = ["--will-topic", self.device.eventsTopic, "--will-payload", payload, "--will-qos", "1"]
        return try RunningProcess("mosquitto_sub", self.connection + ["-q", "1", "-t", filter] + will)
    }

    /// Subscribes, and ends when the answer is there; `-d` makes the program say what was granted.
    func subscribe(_ filters: [String]) async throws -> RunningProcess.Result {
        try await RunningProcess.run(
            "mosquitto_sub",
            self.connection + ["-d", "-E", "-W", "10", "-q", "1"] + filters.flatMap { ["-t", $0] },
            within: .seconds(15)
        )
    }
}
