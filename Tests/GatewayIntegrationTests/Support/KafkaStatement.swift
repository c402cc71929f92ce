import Foundation
import Testing

/// One entry of `Programs/kafka_statements.json`: what `Programs/kafka_clients.py` tries with each of its clients.
struct KafkaStatement: Decodable, Sendable, CustomTestStringConvertible {
    var statement: String
    /// Names of the clients: `confluent`, `kafka-python`, `aiokafka`, `kcat`.
    var clients: [String]
    var says: String
    /// Whether a test of its own runs it.
    var alone: Bool?

    var testDescription: String { "\(self.statement): \(self.says)" }

    /// All statements, in the file's order.
    static func all() throws -> [KafkaStatement] {
        let file = URL(filePath: try ClientProgram.path("kafka_statements.json"))
        return try JSONDecoder().decode([KafkaStatement].self, from: Data(contentsOf: file))
    }

    /// What the program prints of a statement and a client.
    struct Line: Decodable {
        var statement: String
        var client: String
        var ok: Bool
        var note: String?
        var error: String?
        var at: String?
        var seconds: Double
    }

    /// Runs statements; a failed one is an issue, and so is one of which nothing was printed.
    ///
    /// - Parameters:
    ///   - wanted: statements and clients, in order.
    ///   - server: the file that describes the gateway.
    ///   - limit: of all of them together.
    /// - Throws: when the program cannot be run or does not end.
    static func run(
        _ wanted: [(statement: String, client: String)],
        server: String,
        within limit: Duration
    ) async throws {
        let result = try await RunningProcess.run(
            ExternalProgram.kafkaPython,
            [try ClientProgram.path("kafka_clients.py"), server] + wanted.flatMap { [$0.statement, $0.client] },
            environment: ["PYTHONDONTWRITEBYTECODE": "1"],
            within: limit
        )
        let lines = try result.output.split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        for line in lines where !line.ok {
            Issue.record("\(line.client): \(line.statement): \(line.error ?? "") (\(line.at ?? ""))")
        }
        #expect(lines.map(\.client) == wanted.map(\.client), "\(result.errors.suffix(2_000))")
        for line in lines where line.ok && line.note?.isEmpty == false {
            print("\(line.statement), \(line.client), \(line.seconds) s: \(line.note ?? "")")
        }
    }
}
