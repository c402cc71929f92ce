import StreamSQL
import TelemetryModel
import Testing

/// One line of a table of input, query and output.
struct SQLCase: Sendable, CustomTestStringConvertible {
    var name: String
    var sql: String
    /// One record a line: `topic device second payload`, in order of the second; a device `-` is a tick, `~` before a device
    /// makes its record backlog.
    var input: String
    /// One result a line: of each step that has a topic its JSON, before it `early `, `correction ` or `partial `; of a dead letter
    /// `! cause`.
    var output: String

    init(_ name: String, _ sql: String, _ input: String, _ output: String) {
        self.name = name
        self.sql = sql
        self.input = input
        self.output = output
    }

    var testDescription: String { self.name }

    static let files = [
        "rooms.csv": FileTable(csv: Array("device,room,floor\nd1,kitchen,1\nd2,\"hall, left\",0\n".utf8)),
        "limits.json": FileTable([]),
    ]

    static func plan(_ sql: String) throws -> QueryPlan {
        try QueryPlan(sql, options: QueryOptions(topics: nil, files: ["rooms.csv"], requiresInto: false))
    }

    static func environment(late: Int64 = 5, outOfOrder: Int64 = 0) -> QueryEnvironment {
        var environment = QueryEnvironment()
        environment.options.time = TimePolicy(late: .seconds(late), outOfOrder: .seconds(outOfOrder))
        environment.tables = { source in
            switch source {
            case .file(let name): SQLCase.files[name]
            case .registry: SQLRegistry()
            case .topic, .step, .elements: nil
            }
        }
        return environment
    }

    func run(late: Int64 = 5, outOfOrder: Int64 = 0) throws -> [String] {
        let plan = try SQLCase.plan(self.sql)
        var query = try StreamQuery(plan, environment: SQLCase.environment(late: late, outOfOrder: outOfOrder))
        var output = QueryOutput()
        var lines: [String] = []
        for (offset, line) in self.input.split(separator: "\n").enumerated() {
            let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
            let enqueued = (Int64(parts[2]) ?? 0) * 1_000
            if parts[1] == "-" {
                query.advance(to: Timestamp(milliseconds: enqueued), output: &output)
            } else {
                TestRecord(
                    topic: plan.topics.firstIndex(of: parts[0]) ?? 99,
                    offset: Int64(offset),
                    enqueued: enqueued,
                    device: parts[1].replacing("~", with: ""),
                    payload: parts[3],
                    isHistorical: parts[1].hasPrefix("~")
                ).give(to: &query, &output)
            }
            lines += SQLCase.lines(output)
            output.removeAll()
        }
        return lines
    }

    static func lines(_ output: QueryOutput) -> [String] {
        output.results.map { result in
            let json = String(decoding: result.json, as: UTF8.self)
            switch result.kind {
            case .final: return json
            case .early: return "early " + json
            case .correction: return "correction " + json
            case .partialCorrection: return "partial " + json
            }
        } + output.deadLetters.map { "! \($0.cause)" }
    }

    var expected: [String] { self.output.split(separator: "\n").map(String.init) }
}

/// A registry in which every device has a tag that changed at second 10.
struct SQLRegistry: ReferenceTable {
    var records: [StreamRecord]? { nil }

    func record(of device: String, asOf time: Timestamp) -> StreamRecord? {
        guard device != "unknown" else { return nil }
        let site = time < Timestamp(seconds: 10) ? "old" : "new"
        return StreamRecord([
            ("deviceId", .nvarchar(device)), ("tags", .record(StreamRecord([("site", .nvarchar(site))]))),
        ])
    }
}
