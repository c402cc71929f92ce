import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite("first start, orderly stop, second start")
    struct FirstStartTests {
        @Test(
            "a first start makes CA, certificate, keys, registry and log; a second one carries on",
            .timeLimit(.minutes(2))
        )
        func twoStarts() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            for file in [
                "tls/ca.pem", "tls/ca-key.pem", "tls/server.pem", "tls/server-key.pem", "credentials.json",
                "endpoints.json", "registry.sqlite", "log/telemetry/topic.meta", "log/lifecycle/topic.meta",
                "log/alerts/topic.meta", "log/twin-changes/topic.meta", "log/commands/topic.meta",
                "log/dead-letter/topic.meta",
            ] {
                #expect(access("\(gateway.data)/\(file)", R_OK) == 0, "\(file) is missing")
            }
            for secret in ["credentials.json", "tls/ca-key.pem", "tls/server-key.pem"] {
                #expect(try Self.mode("\(gateway.data)/\(secret)") == 0o600, "\(secret) can be read by others")
            }
            let kept = ["tls/ca.pem", "tls/server.pem", "credentials.json"]
            let before = try kept.map { try Data(contentsOf: URL(filePath: "\(gateway.data)/\($0)")) }
            let device = try await gateway.makeDevice("carries-on")
            let first = try RawDevice(device, port: gateway.ports.mqtt)
            try first.publish(#"{"start":1}"#)

            try await gateway.stop()
            #expect(try first.socket.receiveUntilClosed().isEmpty, "a drained connection ends without further packets")
            #expect(access("\(gateway.data)/endpoints.json", F_OK) != 0, "a stopped gateway has no addresses")

            try await gateway.start()
            let after = try kept.map { try Data(contentsOf: URL(filePath: "\(gateway.data)/\($0)")) }
            #expect(before == after, "CA, certificate and keys are the same")
            try RawDevice(device, port: gateway.ports.mqtt).publish(#"{"start":2}"#)
            let records = try await gateway.records()
            #expect(records.map(\.body) == [#"{"start":1}"#, #"{"start":2}"#])
            #expect(records.map(\.offset) == [0, 1])
            #expect(records[0].enqueuedTime <= records[1].enqueuedTime)
            try await gateway.stop()
        }

        @Test("SIGTERM acknowledges what is in flight: what has no PUBACK may be sent again, what has one is there")
        func drain() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try RawDevice(try await gateway.makeDevice("drains"), port: gateway.ports.mqtt)
            for number in 1...500 { try device.send(#"{"n":\#(number)}"#) }
            try await gateway.stop()
            let acknowledged = try device.socket.receiveUntilClosed().count / 4
            try await gateway.start()
            let records = try await gateway.records()
            #expect(records.count >= acknowledged)
            #expect(records.map(\.body) == (1...500).prefix(records.count).map { #"{"n":\#($0)}"# })
            try await gateway.stop()
        }

        private static func mode(_ path: String) throws -> mode_t {
            var status = stat()
            try #require(lstat(path, &status) == 0)
            return status.st_mode & 0o777
        }
    }
}
