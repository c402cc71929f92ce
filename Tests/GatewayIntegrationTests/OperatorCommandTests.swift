import Foundation
import Testing

extension GatewayIntegration {
    @Suite("the operator's commands against a running gateway")
    struct OperatorCommandTests {
        /// Seconds that an import of 10,000 identities may take. The product's number is 5, for a release build.
        private static var importLimit: Duration {
            #if DEBUG
            .seconds(20)
            #else
            .seconds(5)
            #endif
        }

        @Test("10,000 identities are imported in seconds, all of them once", .timeLimit(.minutes(2)))
        func bulkImport() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let lines = (0..<10_000).map { #"{"deviceId":"sensor-\#(10_000 + $0)"}"# }
            let file = try folder.write("devices.jsonl", lines.joined(separator: "\n") + "\n")
            let begin = ContinuousClock.now
            let summary = try await gateway.weir("device", "import", file, "--json", within: .seconds(60))
            let duration = ContinuousClock.now - begin
            print("device import: 10,000 identities in \(duration)")
            #expect(duration < Self.importLimit)
            #expect(summary.contains(#""imported":10000"#) && summary.contains(#""failed":0"#), "\(summary)")
            let listed = try await gateway.weir("device", "list", "--json").split(separator: "\n")
            #expect(listed.count == 10_000)
            #expect(listed.first?.contains(#""deviceId":"sensor-10000""#) == true)

            let again = try await gateway.run("device", "import", file, "--json", within: .seconds(60))
            #expect(again.status == 1, "identities that exist are refused")
            #expect(again.output.contains(#""imported":0"#) && again.output.contains(#""failed":10000"#))

            let token = try await gateway.weir("device", "token", "sensor-19999")
            let device = TestDevice(id: "sensor-19999", connectionString: "", token: token)
            try RawDevice(device, port: gateway.ports.mqtt).publish("{}")
            try await gateway.stop()
        }

        @Test("a device is created, listed, shown and deleted; deleted it may not connect", .timeLimit(.minutes(2)))
        func deviceLife() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try await gateway.makeDevice("pump-7")
            #expect(device.connectionString.hasPrefix("HostName=localhost;DeviceId=pump-7;SharedAccessKey="))
            #expect(device.token.hasPrefix("SharedAccessSignature sr=localhost%2Fdevices%2Fpump-7&sig="))
            #expect(try await gateway.weir("device", "list").contains("pump-7"))
            let shown = try await gateway.weir("device", "show", "pump-7", "--json")
            #expect(shown.contains(#""deviceId":"pump-7""#) && shown.contains(#""connectionState":"Disconnected""#))

            let connected = try RawDevice(device, port: gateway.ports.mqtt)
            let online = try await gateway.weir("device", "show", "pump-7", "--json")
            #expect(online.contains(#""connectionState":"Connected""#), "\(online)")

            let twice = try await gateway.run("device", "create", "pump-7")
            #expect(twice.status == 1 && twice.errors.contains("pump-7"), "\(twice.errors)")
            _ = try await gateway.weir("device", "delete", "pump-7")
            #expect(try connected.socket.receiveUntilClosed().isEmpty, "its connection is closed")
            #expect(try RawDevice.connect(device, over: try RawSocket(port: gateway.ports.mqtt)) == 5)
            let gone = try await gateway.run("device", "show", "pump-7")
            #expect(gone.status == 1 && gone.errors.contains("pump-7"), "\(gone.errors)")
            try await gateway.stop()
        }

        @Test("WEIR_CONNECTION_STRING stands in for --data", .timeLimit(.minutes(1)))
        func connectionString() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let string = try await gateway.weir("hub", "connection-string")
            #expect(string.contains("SharedAccessKeyName=iothubowner"), "\(string)")
            let environment = ["WEIR_CONNECTION_STRING": string]
            let created = try await RunningProcess.run(
                BuiltProgram.weir,
                ["device", "create", "from-afar"],
                environment: environment
            )
            #expect(created.status == 0, "\(created.errors)")
            let listed = try await RunningProcess.run(BuiltProgram.weir, ["device", "list"], environment: environment)
            #expect(listed.output.contains("from-afar"))

            let readOnly = try await gateway.weir("hub", "connection-string", "--policy", "registryRead")
            let refused = try await RunningProcess.run(
                BuiltProgram.weir,
                ["device", "create", "not-allowed"],
                environment: ["WEIR_CONNECTION_STRING": readOnly]
            )
            #expect(refused.status == 1 && !refused.errors.isEmpty, "a policy gives what it permits and no more")
            try await gateway.stop()
        }

        @Test("topics are listed with their records, and a tail shows a record when it comes", .timeLimit(.minutes(1)))
        func topicsAndTail() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try RawDevice(try await gateway.makeDevice("tailed"), port: gateway.ports.mqtt)
            try device.publish(#"{"n":"before"}"#)
            let tail = try RunningProcess(
                BuiltProgram.weir,
                ["events", "tail", "--json", "--max", "1", "--data", gateway.data]
            )
            // It begins at the end of the topic: what comes before it listens it does not show.
            try await Waiting.until("a line of the tail", within: .seconds(20)) {
                try device.publish(#"{"n":"new"}"#)
                return tail.output.contains("\n")
            }
            #expect(try await tail.exit().status == 0)
            let line = try #require(tail.output.split(separator: "\n").first)
            #expect(try StoredRecord(line: line).body == #"{"n":"new"}"#)

            let topics = try await gateway.weir("topic", "list", "--json")
            for name in ["telemetry", "twin-changes", "lifecycle", "commands", "alerts", "dead-letter"] {
                #expect(topics.contains(#""name":"\#(name)""#), "\(topics)")
            }
            #expect(!topics.contains(#""name":"_"#), "the gateway's own topics are hidden")
            let table = try await gateway.weir("topic", "list")
            #expect(table.contains("telemetry"))
            try await gateway.stop()
        }

        @Test("a spike becomes an alert with its expected band", .timeLimit(.minutes(1)))
        func alerts() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try RawDevice(try await gateway.makeDevice("spiky"), port: gateway.ports.mqtt)
            for second in 0..<60 {
                let value = second == 50 ? "90.0" : "21.\(second % 5)"
                let time = "2026-01-01T00:00:\(second < 10 ? "0" : "")\(second).000Z"
                try device.publish(#"{"ts":"\#(time)","temperature":\#(value)}"#)
            }
            let alert = try await Waiting.until("an alert", within: .seconds(20)) {
                try await gateway.weir("alerts", "--json").split(separator: "\n").first
            }
            for part in [#""device":"spiky""#, #""channel":"temperature""#, #""value":90"#, #""expected":{"low""#] {
                #expect(alert.contains(part), "\(alert)")
            }
            #expect(try await gateway.weir("alerts").contains("spiky"))
            try await gateway.stop()
        }
    }
}
