import GatewayClient
import NIOCore
import TelemetryJSON

/// Prints what a query over stored records gives, and at the end on stderr what it read.
struct QueryPrinter {
    /// What a result looks like.
    enum Form {
        case table
        /// The result as JSON.
        case lines
        /// The result as JSON, with what made it.
        case sourcedLines
    }

    /// Rows whose columns are aligned with one another.
    private static let pageRows = 500

    let console: Console
    let form: Form
    /// Results to print; `nil`: all.
    let max: Int?
    private var table = QueryText(isTwins: false)
    private var rows: [JSONObject] = []
    private var shown = 0
    private var letters: [(cause: String, reason: String, count: Int)] = []
    private var summary: JSONObject?

    init(console: Console, form: Form, max: Int?) {
        self.console = console
        self.form = form
        self.max = max
    }

    /// Prints until the query ends, or enough is printed.
    mutating func print(_ lines: RecordLines) async throws {
        let progress = ProgressDisplay()
        defer { progress.clear() }
        for try await line in lines {
            if let max, self.shown >= max { break }
            let bytes = Array(line.readableBytesView)
            guard let object = try JSONValue(parsing: bytes).object else { continue }
            if let result = object["result"] {
                self.shown += 1
                try self.take(result, line: bytes)
            } else if let cause = object["deadLetter"]?.string {
                self.count(cause, object["reason"]?.string ?? "")
            } else if let state = object["progress"]?.object {
                try self.flush()
                let detail = "records, \(self.shown) results"
                if !self.console.isTerminal { progress.show("query", state.count("records"), of: nil, detail: detail) }
            } else {
                self.summary = object["summary"]?.object
            }
        }
        progress.clear()
        try self.flush()
        self.tell()
    }

    private mutating func take(_ result: JSONValue, line: [UInt8]) throws {
        switch self.form {
        case .table:
            self.rows.append(result.object ?? ["value": result])
            if self.rows.count >= QueryPrinter.pageRows { try self.flush() }
        case .lines: try self.console.print(result.description)
        case .sourcedLines: try self.console.output(line + [UInt8(ascii: "\n")])
        }
    }

    private mutating func flush() throws {
        guard !self.rows.isEmpty else { return }
        for line in self.table.lines(self.rows, for: self.console) { try self.console.print(line) }
        self.rows.removeAll()
    }

    private mutating func count(_ cause: String, _ reason: String) {
        if let index = self.letters.firstIndex(where: { $0.cause == cause }) {
            self.letters[index].count += 1
        } else {
            self.letters.append((cause, reason, 1))
        }
    }

    /// What was read, and why some of it could not take part.
    private func tell() {
        guard let summary else {
            if let max { self.console.note("the first \(max) results") }
            return
        }
        self.console.note("\(summary.count("records")) records read, \(self.shown) results")
        for letter in self.letters {
            self.console.note("\(letter.count) not used: \(letter.cause), the first because \(letter.reason)")
        }
        let unreadable = summary.count("unreadable")
        if unreadable > 0 { self.console.note("\(unreadable) records cannot be read: their producer made them so") }
    }
}

extension JSONObject {
    /// A member that is a whole number; 0 without it.
    fileprivate func count(_ name: String) -> Int {
        if case .integer(let number) = self[name] { return Int(clamping: number) }
        return 0
    }
}
