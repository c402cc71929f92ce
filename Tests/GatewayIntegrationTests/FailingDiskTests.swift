import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite(
        "a disk that fails under the running gateway",
        .enabled(if: ExternalProgram.isInstalled(FailingDisk.compiler), "SKIPPED: cc is missing (Debian: gcc)")
    )
    struct FailingDiskTests {
        @Test(
            "a failed fdatasync is never acknowledged and never tried again: the topic is fenced until the next start",
            .timeLimit(.minutes(2))
        )
        func failedSync() async throws {
            let folder = try TemporaryFolder()
            let disk = try await FailingDisk(in: folder)
            let gateway = try await GatewayUnderTest(in: folder, environment: disk.environment)
            let affected = try await gateway.makeDevice("affected")
            let late = try await gateway.makeDevice("late")
            let device = try RawDevice(affected, port: gateway.ports.mqtt)
            for number in 1...3 { try device.publish(#"{"n":\#(number)}"#) }
            let bystander = try RawDevice(try await gateway.makeDevice("bystander"), port: gateway.ports.mqtt)

            try disk.fail(.sync)
            try device.send(#"{"n":4}"#)
            #expect(try device.socket.receiveUntilClosed().isEmpty, "no PUBACK for what is not synced")
            #expect(try disk.failures().count == 1)

            // A client that was connected gets nothing acknowledged either.
            do {
                try bystander.send(#"{"n":5}"#)
            } catch is RawSocket.Failure {}  // already closed
            #expect(try bystander.socket.receiveUntilClosed().isEmpty)
            let refused = try RawDevice.connect(late, over: try RawSocket(port: gateway.ports.mqtt))
            #expect(refused == 3, "new connections hear: server unavailable")

            let health = try gateway.get("/healthz")
            #expect(health.status == 503)
            #expect(health.body.contains("telemetry"), "\(health.body)")
            #expect(health.body.contains("fdatasync"), "\(health.body)")
            #expect(try disk.failures().count == 1, "the sync is not tried again")

            gateway.process.send(SIGTERM)
            _ = try await gateway.process.exit(within: .seconds(20))
            #expect(try disk.failures().filter { $0.hasPrefix("fdatasync") }.count == 1)

            gateway.environment = [:]
            try await gateway.start()
            let bodies = try await gateway.records().map(\.body)
            #expect(Array(bodies.prefix(3)) == (1...3).map { #"{"n":\#($0)}"# }, "everything acknowledged is there")
            try RawDevice(affected, port: gateway.ports.mqtt).publish(#"{"n":"after"}"#)
            #expect(try await gateway.records().last?.body == #"{"n":"after"}"#)
            try await gateway.stop()
        }

        @Test(
            "a full disk stops nothing: no message is acknowledged, health says why, and it goes on by itself with room",
            .timeLimit(.minutes(2))
        )
        func fullDisk() async throws {
            let folder = try TemporaryFolder()
            let disk = try await FailingDisk(in: folder)
            let gateway = try await GatewayUnderTest(in: folder, environment: disk.environment)
            let identity = try await gateway.makeDevice("fills")
            let device = try RawDevice(identity, port: gateway.ports.mqtt)
            for number in 1...3 { try device.publish(#"{"n":\#(number)}"#) }

            try disk.fail(.space)
            try device.send(#"{"n":4}"#)
            #expect(try device.socket.receiveUntilClosed().isEmpty, "no PUBACK for what is not written")
            let refused = try RawDevice.connect(identity, over: try RawSocket(port: gateway.ports.mqtt))
            #expect(refused == 3, "new connections hear: server unavailable")
            let health = try gateway.get("/healthz")
            #expect(health.status == 503 && health.body.contains("telemetry"), "\(health.body)")
            #expect(try await gateway.records().map(\.body) == (1...3).map { #"{"n":\#($0)}"# }, "it can be read")

            try disk.heal()
            try await Waiting.until("the gateway is well again", within: .seconds(60)) {
                try gateway.get("/healthz").status == 200
            }
            try RawDevice(identity, port: gateway.ports.mqtt).publish(#"{"n":"after"}"#)
            let bodies = try await gateway.records().map(\.body)
            #expect(bodies == (1...3).map { #"{"n":\#($0)}"# } + [#"{"n":"after"}"#])
            try await gateway.stop()
        }
    }
}
