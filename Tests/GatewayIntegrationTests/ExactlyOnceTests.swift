import Foundation
import TestSupport
import Testing

extension GatewayIntegration {
    @Suite(
        "A device that numbers its readings, DESIGN section 5",
        .enabled("SKIPPED: .venv-mqtt has no paho-mqtt 2 (make .venv-mqtt/ready)") {
            await ExternalProgram.hasMQTTPackages()
        }
    )
    struct ExactlyOnceTests {
        /// Messages of the device.
        private static let count = 2_000
        private static let kills = 8

        private struct Reading: Decodable, Hashable {
            var message: Int
            var number: Int
        }

        @Test(
            "sends all of them again over every connection; after kill -9 and restarts each is in the log once, in order",
            .timeLimit(.minutes(4))
        )
        func resending() async throws {
            var random = SeededGenerator.announced("kill -9 and numbered readings")
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let server = try await Self.writeServerFile(of: gateway, in: folder)
            let (acknowledged, stop) = (folder.file("acknowledged.txt"), folder.file("stop"))
            let device = try RunningProcess(
                ExternalProgram.mqttPython,
                [try ClientProgram.path("numbered.py"), server, "\(Self.count)", acknowledged, stop],
                environment: ["PYTHONDONTWRITEBYTECODE": "1"]
            )
            for kill in 1...Self.kills {
                let target = try Self.lines(of: acknowledged) + Int.random(in: 1...(Self.count / 2), using: &random)
                try await Waiting.until("\(target) acknowledgements, kill \(kill)", within: .seconds(60)) {
                    try #require(device.exitStatus == nil, "it ended: \(device.errors) \(device.output)")
                    return try Self.lines(of: acknowledged) >= target
                }
                // A clean stop leaves a snapshot of what came; kill -9 leaves an older one, or none.
                if kill % 4 == 0 { try await gateway.stop() } else { try await gateway.kill() }
                try await gateway.start()
            }
            #expect(FileManager.default.createFile(atPath: stop, contents: nil))
            let result = try await device.exit(within: .seconds(160))
            #expect(result.status == 0, "\(result.errors) \(result.output)")

            let records = try await gateway.records(device: "numbered")
            let readings = try records.flatMap { try JSONDecoder().decode([Reading].self, from: Data($0.body.utf8)) }
            #expect(readings.map(\.message).uniqued() == Array(0..<Self.count), "each message, in order")
            #expect(readings.count == Set(readings).count, "each reading once")
            #expect(records.count == Self.count)
            #expect(try gateway.metric("weir_mqtt_messages_repeated_total") > 0)
            print(
                "numbered: \(Self.kills) kills, \(try Self.lines(of: acknowledged)) acknowledgements, \(result.output)"
            )
            try await gateway.stop()
        }

        @Test("says what it gave up: that is in lifecycle, once", .timeLimit(.minutes(2)))
        func dropped() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let device = try await gateway.makeDevice("dropping")
            let client = MosquittoClient(device: device, gateway: gateway, transport: .tcp)
            let bag = "weir-epoch=3&weir-seq=20&weir-count=1&weir-dropped=2%3A7-9%2C10-19"
            for _ in 1...2 {
                let result = try await client.publish("{}", bag: bag)
                #expect(result.status == 0, "\(result.errors)")
            }
            _ = try await gateway.record(of: "lifecycle") { $0.body.contains(#""first":10,"last":19"#) }
            try await gateway.stop()
            try await gateway.start()
            let result = try await client.publish("{}", bag: bag)
            #expect(result.status == 0, "\(result.errors)")
            let gaps = try await gateway.records(of: "lifecycle").filter {
                $0.applicationProperties["opType"] == "readingGap"
            }
            let bodies = gaps.map { String($0.body.split(separator: ",", maxSplits: 1).last ?? "") }
            #expect(
                bodies == [
                    #""event":"gap","epoch":2,"first":7,"last":9,"reason":"dropped"}"#,
                    #""event":"gap","epoch":3,"first":10,"last":19,"reason":"dropped"}"#,
                ]
            )
            #expect(try await gateway.records(device: "dropping").count == 1)
            try await gateway.stop()
        }

        private static func writeServerFile(
            of gateway: GatewayUnderTest,
            in folder: TemporaryFolder
        ) async throws -> String {
            let device = try await gateway.makeDevice("numbered")
            let fields: [String: Any] = [
                "host": "127.0.0.1", "port": gateway.ports.mqtt, "device": device.id, "user": device.userName,
                "password": device.token,
            ]
            let file = folder.file("server.json")
            try JSONSerialization.data(withJSONObject: fields).write(to: URL(filePath: file))
            return file
        }

        private static func lines(of file: String) throws -> Int {
            guard let data = FileManager.default.contents(atPath: file) else { return 0 }
            return data.count { $0 == UInt8(ascii: "\n") }
        }
    }
}

extension [Int] {
    /// Without those that repeat the one before.
    fileprivate func uniqued() -> [Int] {
        self.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}
