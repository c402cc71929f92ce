import Foundation
import TestSupport
import Testing

extension GatewayIntegration {
    @Suite(
        "kill -9 between a publisher and a session that is away",
        .enabled("SKIPPED: .venv-mqtt has no paho-mqtt 2 (make .venv-mqtt/ready)") {
            await ExternalProgram.hasMQTTPackages()
        }
    )
    struct DurableDeliveryTests {
        /// Numbers published to each of the four topics.
        private static let count = 500
        /// Kills while the publisher works, and again while the subscriber reads.
        private static let kills = 5
        private static let topics = ["t/durable/1a", "t/durable/1b", "t/durable/2a", "t/durable/2b"]

        private struct Received: Decodable {
            var received: [String: [Int]]
            var sessionPresent: [Bool]
        }

        @Test(
            "every acknowledged QoS 1 and 2 message arrives, QoS 2 exactly once, in order [MQTT-4.3.2-1] [MQTT-4.3.3-1]",
            .timeLimit(.minutes(5)),
            arguments: ["3.1.1", "5"]
        )
        func offline(version: String) async throws {
            var random = SeededGenerator.announced("kill -9 of the broker, MQTT \(version)")
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let server = try await gateway.writeServerFile(in: folder, version: version)
            #expect(try await Self.start("subscribe", server).exit().status == 0)

            let log = folder.file("acknowledged.txt")
            let publisher = try Self.start("publish", server, "\(Self.count)", log)
            try await Self.kill(gateway, while: publisher, &random, total: Self.count * Self.topics.count) {
                try Self.lines(of: log).count
            }
            let published = try await publisher.exit(within: .seconds(150))
            #expect(published.status == 0, "\(published.errors) \(published.output)")
            #expect(!published.output.contains("refused"), "\(published.output)")
            #expect(Set(try Self.lines(of: log)).count == Self.count * Self.topics.count)

            let subscriber = try Self.start("receive", server, "\(Self.count)", "0.002")
            try await Self.kill(gateway, while: subscriber, &random, total: Self.count * Self.topics.count) {
                subscriber.output.split(separator: "\n").last { $0.hasPrefix("received ") }
                    .flatMap { Int($0.dropFirst("received ".count)) } ?? 0
            }
            let result = try await subscriber.exit(within: .seconds(150))
            try #require(result.status == 0, "\(result.errors) \(result.output.suffix(200))")
            let last = try #require(result.output.split(separator: "\n").last)
            let received = try JSONDecoder().decode(Received.self, from: Data(last.utf8))
            Self.check(received)
            try await gateway.stop()
        }

        private static func check(_ received: Received) {
            #expect(received.sessionPresent.allSatisfy { $0 }, "the session was there at every connect")
            for topic in self.topics {
                let numbers = received.received[topic] ?? []
                if topic.hasPrefix("t/durable/2") {
                    #expect(numbers == Array(0..<self.count), "\(topic): exactly once and in order")
                } else {
                    var seen = Set<Int>()
                    let firsts = numbers.filter { seen.insert($0).inserted }
                    #expect(firsts == Array(0..<self.count), "\(topic): each, the first time in order")
                }
            }
        }

        /// Kills and starts the gateway at moments that the seed gives, spread over a program's work.
        private static func kill(
            _ gateway: GatewayUnderTest,
            while program: RunningProcess,
            _ random: inout SeededGenerator,
            total: Int,
            done: () throws -> Int
        ) async throws {
            for kill in 1...self.kills {
                let share = total / (self.kills + 1)
                let target = share * (kill - 1) + Int.random(in: 1...share, using: &random)
                try await Waiting.until("\(target) of \(total), kill \(kill)", within: .seconds(60)) {
                    try #require(program.exitStatus == nil, "it ended: \(program.errors) \(program.output.suffix(300))")
                    return try done() >= target
                }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...20_000, using: &random)))
                try await gateway.kill()
                try await gateway.start()
            }
        }

        private static func start(_ command: String, _ server: String, _ rest: String...) throws -> RunningProcess {
            try RunningProcess(
                ExternalProgram.mqttPython,
                [try ClientProgram.path("durable.py"), command, server] + rest,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"]
            )
        }

        private static func lines(of file: String) throws -> [Substring] {
            guard let data = FileManager.default.contents(atPath: file) else { return [] }
            return String(decoding: data, as: UTF8.self).split(separator: "\n")
        }
    }
}
