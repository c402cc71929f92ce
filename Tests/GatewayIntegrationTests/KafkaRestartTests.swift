import Foundation
import TestSupport
import Testing

extension GatewayIntegration {
    @Suite(
        "Kafka clients over restarts and kill -9 of the gateway",
        .enabled("SKIPPED: .venv-kafka or kcat is missing (make .venv-kafka/ready; Debian: kcat)") {
            await ExternalProgram.hasKafkaClients()
        }
    )
    struct KafkaRestartTests {
        /// How the gateway ends between the two halves.
        enum End: Sendable, CaseIterable {
            case orderly
            case killed
        }

        /// The last line of `kafka_durable.py`.
        private struct Verdict: Decodable {
            var records: Int
            var faults: [String]
        }

        private static let clients = ["confluent", "kafka-python", "aiokafka", "kcat"]
        /// Records of the loop of kills.
        private static let count = 20_000
        /// Kills while they are produced and read.
        private static let kills = 10

        @Test(
            "a group goes on behind its commit after a restart and after kill -9",
            .timeLimit(.minutes(4)),
            arguments: End.allCases
        )
        func resume(end: End) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let server = try await gateway.writeKafkaFile(in: folder)
            let before = Self.clients.map { (statement: "commit-before-restart", client: $0) }
            try await KafkaStatement.run(before, server: server, within: .seconds(100))
            switch end {
            case .orderly: try await gateway.stop()
            case .killed: try await gateway.kill()
            }
            try await gateway.start()
            let after = Self.clients.map { (statement: "resume-after-restart", client: $0) }
            try await KafkaStatement.run(after, server: server, within: .seconds(120))
            try await gateway.stop()
        }

        @Test(
            "over kills, each record of an idempotent producer is there once, at the offset it was ever read at",
            .timeLimit(.minutes(5))
        )
        func kills() async throws {
            var random = SeededGenerator.announced("kill -9 under Kafka clients")
            let begin = ContinuousClock.now
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let server = try await gateway.writeKafkaFile(in: folder)
            let topic = "durable"
            let made = try await Self.program(["create", server, topic, "4"]).exit()
            try #require(made.status == 0, "\(made.errors)")
            let (acknowledged, seen) = (folder.file("acknowledged.txt"), folder.file("seen.txt"))
            let producer = try Self.start("produce", server, topic, acknowledged)
            let consumer = try Self.start("consume", server, topic, seen)
            for kill in 1...Self.kills {
                let share = Self.count / (Self.kills + 1)
                let target = share * (kill - 1) + Int.random(in: 1...share, using: &random)
                try await Waiting.until("\(target) acknowledged, kill \(kill)", within: .seconds(60)) {
                    try #require(producer.exitStatus == nil, "the producer ended: \(producer.errors)")
                    try #require(consumer.exitStatus == nil, "the consumer ended: \(consumer.errors)")
                    return try Self.lineCount(of: acknowledged) >= target
                }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...20_000, using: &random)))
                try await gateway.kill()
                try await gateway.start()
            }
            let produced = try await producer.exit(within: .seconds(150))
            #expect(produced.status == 0, "\(produced.errors)")
            let read = try await consumer.exit(within: .seconds(150))
            #expect(read.status == 0, "\(read.errors)")
            let verify = try await Self.start("verify", server, topic, acknowledged, seen).exit(within: .seconds(90))
            let verdict = try JSONDecoder().decode(Verdict.self, from: Data(verify.output.utf8))
            #expect(verdict.faults.isEmpty)
            #expect(verdict.records == Self.count)
            print(
                "kill -9 under Kafka clients: \(Self.kills) kills, \(verdict.records) records,",
                "\(read.output.split(separator: "\n").last ?? ""), \(ContinuousClock.now - begin)"
            )
            try await gateway.stop()
        }

        private static func start(
            _ command: String,
            _ server: String,
            _ topic: String,
            _ files: String...
        ) throws -> RunningProcess {
            try self.program([command, server, topic, "\(Self.count)"] + files)
        }

        private static func program(_ arguments: [String]) throws -> RunningProcess {
            try RunningProcess(
                ExternalProgram.kafkaPython,
                [try ClientProgram.path("kafka_durable.py")] + arguments,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"]
            )
        }

        private static func lineCount(of file: String) throws -> Int {
            (FileManager.default.contents(atPath: file) ?? Data()).count { $0 == UInt8(ascii: "\n") }
        }
    }
}
