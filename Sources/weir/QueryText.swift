import TelemetryJSON

/// The rows of a fleet query as a table.
struct QueryText {
    /// What of a whole twin fits on a line.
    private static let twinColumns = [
        "deviceId", "moduleId", "status", "connectionState", "lastActivityTime", "version", "tags",
    ]
    /// Characters of a cell.
    private static let cellWidthMax = 60

    /// The columns to choose from; `nil`: all members of the rows.
    private let known: [String]?
    /// The columns of the table printed last; a page with other members gets a heading of its own.
    private var columns = [String]()

    /// A table of whole twins, or of rows with any members.
    init(isTwins: Bool) {
        self.known = isTwins ? QueryText.twinColumns : nil
    }

    /// A table of those of these columns that rows have something in.
    init(columns: [String]) {
        self.known = columns
    }

    /// The lines of one more page.
    mutating func lines(_ rows: [JSONObject], for console: Console) -> [String] {
        guard !rows.isEmpty else { return [] }
        let needed = QueryText.columns(of: rows, amongst: self.known)
        let isNew = !needed.allSatisfy(self.columns.contains)
        if isNew { self.columns = needed }
        var table = TextTable(
            self.columns.map { name in .init(title: name, isNumber: QueryText.isNumbers(rows, name)) }
        )
        for row in rows {
            let cells: [(text: String, color: Console.Color?)] = self.columns.map { name in
                (text: QueryText.cell(row[name]), color: name == "deviceId" ? .name : nil)
            }
            table.add(cells)
        }
        return Array(table.lines(for: console).dropFirst(isNew ? 0 : 1))
    }

    /// Those of the known columns that a row has, or the members of all rows in the order in which they first appear.
    static func columns(of rows: [JSONObject], amongst known: [String]?) -> [String] {
        if let known { return known.filter { name in rows.contains { $0[name] != nil } } }
        var columns = [String]()
        var seen = Set<String>()
        for row in rows {
            for member in row where seen.insert(member.name).inserted { columns.append(member.name) }
        }
        return columns
    }

    private static func isNumbers(_ rows: [JSONObject], _ name: String) -> Bool {
        rows.allSatisfy { row in
            switch row[name] {
            case .integer, .number, .null, nil: true
            case .bool, .string, .array, .object: false
            }
        }
    }

    private static func cell(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): EventText.printable(text)
        case .some(let value): PropertyLeaves.text(value, widthMax: self.cellWidthMax)
        }
    }
}
