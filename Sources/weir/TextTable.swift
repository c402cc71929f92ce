/// Lines of columns, aligned: what lists look like on a terminal.
struct TextTable {
    /// A column's heading and where its text stands.
    struct Column {
        var title: String
        var isNumber = false
    }

    private let columns: [Column]
    private var rows: [[(text: String, color: Console.Color?)]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; one cell for each column.
    mutating func add(_ cells: [(text: String, color: Console.Color?)]) {
        precondition(cells.count == self.columns.count, "a row has a cell for each column")
        self.rows.append(cells)
    }

    /// Adds a row without colours.
    mutating func add(_ cells: [String]) {
        self.add(cells.map { ($0, nil) })
    }

    /// The lines, with a heading; colours do not count for the width.
    func lines(for console: Console) -> [String] {
        let widths = self.columns.indices.map { column in
            self.rows.reduce(self.columns[column].title.count) { max($0, $1[column].text.count) }
        }
        let heading = self.columns.map { ($0.title, Console.Color?.some(.heading)) }
        return ([heading] + self.rows).map { row in
            var line = ""
            for (index, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - cell.0.count)
                let text = cell.1.map { console.colored(cell.0, $0) } ?? cell.0
                if index > 0 { line += "  " }
                if self.columns[index].isNumber {
                    line += padding + text
                } else {
                    line += text + padding
                }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Prints the table.
    func print(to console: Console) throws {
        for line in self.lines(for: console) { try console.print(line) }
    }
}
