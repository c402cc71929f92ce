import Foundation
import Testing

/// One entry of `Programs/hub_statements.json`: what `Programs/hub_clients.py` tries with the packages of Azure.
struct HubStatement: Decodable, Sendable {
    var statement: String
    var group: String
    var says: String
    /// Whether a test of its own runs it.
    var alone: Bool?

    /// The statements that one gateway serves.
    struct Group: Sendable, CustomTestStringConvertible {
        var name: String
        var statements: [HubStatement]

        var testDescription: String {
            "\(self.name): \(self.statements.map(\.says).joined(separator: "; "))"
        }
    }

    /// What a program prints of a statement.
    struct Line: Decodable {
        var statement: String
        var ok: Bool
        var detail: String
        var at: String?
    }

    /// All groups, in the file's order, without the statements that have tests of their own.
    static func groups() throws -> [Group] {
        let file = URL(filePath: try ClientProgram.path("hub_statements.json"))
        let all = try JSONDecoder().decode([HubStatement].self, from: Data(contentsOf: file))
        var groups: [Group] = []
        for entry in all where entry.alone != true {
            if groups.last?.name != entry.group { groups.append(Group(name: entry.group, statements: [])) }
            groups[groups.count - 1].statements.append(entry)
        }
        return groups
    }

    /// Starts a program of `Programs/` with the Python that has the packages of Azure.
    static func start(_ program: String, _ arguments: [String]) throws -> RunningProcess {
        try RunningProcess(
            ExternalProgram.testPython,
            [try ClientProgram.path(program)] + arguments,
            environment: ["PYTHONDONTWRITEBYTECODE": "1"]
        )
    }

    /// Reads what a program has printed at its end: a failed statement is an issue, and so is one that is missing.
    ///
    /// - Parameters:
    ///   - result: of the program; lines that do not begin a JSON object are passed over.
    ///   - wanted: names of its statements, in order.
    /// - Throws: when a line cannot be read.
    static func check(_ result: RunningProcess.Result, _ wanted: [String]) throws {
        let lines = try result.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        for line in lines where !line.ok {
            Issue.record("\(line.statement): \(line.detail) (\(line.at ?? ""))")
        }
        #expect(lines.map(\.statement) == wanted, "\(result.errors.suffix(2_000))")
        for line in lines where line.ok && !line.detail.isEmpty {
            print("\(line.statement): \(line.detail)")
        }
    }
}
