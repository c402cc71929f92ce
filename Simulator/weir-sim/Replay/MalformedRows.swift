import FleetModel

/// Rows that are not published: how many, and where the first few are.
struct MalformedRows: Sendable, Equatable {
    /// One such row.
    struct Row: Sendable, Equatable {
        /// The line of the file, from 1.
        var line: Int
        var fault: RowFault
    }

    /// More are only counted.
    static let shownMax = 5

    private(set) var count = 0
    private(set) var first: [Row] = []

    mutating func add(line: Int, _ fault: RowFault) {
        self.count += 1
        if self.first.count < MalformedRows.shownMax { self.first.append(Row(line: line, fault: fault)) }
    }

    mutating func add(_ later: MalformedRows) {
        self.count += later.count
        self.first += later.first.prefix(MalformedRows.shownMax - self.first.count)
    }
}
