import Testing

/// A well-behaved device beside badly behaved ones: whatever they do, its next message is acknowledged in time.
final class SteadyClient {
    private let device: RawDevice
    private(set) var published = 0

    init(of gateway: GatewayUnderTest) async throws {
        self.device = try RawDevice(try await gateway.makeDevice("steady"), port: gateway.ports.mqtt)
    }

    /// Publishes and gets its PUBACK.
    func publish() throws {
        self.published += 1
        try self.device.publish(#"{"n":\#(self.published)}"#)
    }

    /// What it published is in the log, each message once.
    func check(_ gateway: GatewayUnderTest) async throws {
        let bodies = try await gateway.records(device: "steady").map(\.body)
        #expect(bodies == (1...self.published).map { #"{"n":\#($0)}"# })
    }
}
