import TelemetryModel

/// Which columns of a CSV file are a series: the first line tells.
struct SeriesColumns: Equatable {
    /// One line of the series.
    struct Row: Equatable {
        /// The time as the file has it.
        var timeText: String
        var time: Timestamp
        /// `nil` for an empty field: nothing was measured.
        var value: Double?
    }

    private let names: [String]
    private let time: Int
    private let value: Int

    /// Finds the columns.
    ///
    /// - Parameters:
    ///   - line: the first line that is not empty.
    ///   - time: the time's column; `nil`: looked for by its name.
    ///   - value: the value's column; `nil`: `value`, or the only other one.
    /// - Throws: `CommandFailure` with the columns there are.
    init(firstLine line: some Collection<UInt8>, time: String?, value: String?) throws(CommandFailure) {
        let withoutMark = line.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(line.dropFirst(3)) : Array(line)
        guard let names = CSVColumns.values(of: withoutMark), names.count > 1 else {
            throw CommandFailure("the first line does not name two or more CSV columns")
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw CommandFailure("the column “\(twice)” is there twice")
        }
        self.names = names
        self.time = try SeriesColumns.timeColumn(among: names, time)
        self.value = try SeriesColumns.valueColumn(among: names, value, time: self.time)
        guard self.time != self.value else {
            throw CommandFailure("“\(names[self.time])” cannot be time and value at once")
        }
    }

    /// The row of a line.
    ///
    /// - Throws: `CommandFailure`: why it is none.
    func row(of line: some Collection<UInt8>) throws(CommandFailure) -> Row {
        guard let values = CSVColumns.values(of: line) else {
            throw CommandFailure("the line has a quote without its other half")
        }
        guard values.count == self.names.count else {
            throw CommandFailure("the line has \(values.count) values, there are \(self.names.count) columns")
        }
        guard let time = ReadingTime.parse(values[self.time]) else {
            throw CommandFailure("“\(values[self.time].prefix(64))” is no time")
        }
        let text = values[self.value]
        let trimmed = text.drop { $0 == " " }.prefix { $0 != " " }
        guard !trimmed.isEmpty else { return Row(timeText: values[self.time], time: time, value: nil) }
        guard let value = Double(trimmed) else { throw CommandFailure("“\(text.prefix(64))” is no number") }
        return Row(timeText: values[self.time], time: time, value: value)
    }

    private static func timeColumn(among names: [String], _ wanted: String?) throws(CommandFailure) -> Int {
        if let wanted { return try self.index(of: wanted, among: names) }
        for name in ReadingTime.columns {
            if let index = names.firstIndex(where: { $0.lowercased() == name }) { return index }
        }
        throw CommandFailure(
            "no column looks like a time: name it with --time; there are \(names.joined(separator: ", "))"
        )
    }

    private static func valueColumn(
        among names: [String],
        _ wanted: String?,
        time: Int
    ) throws(CommandFailure) -> Int {
        if let wanted { return try self.index(of: wanted, among: names) }
        if let index = names.firstIndex(where: { $0.lowercased() == "value" }) { return index }
        guard names.count > 2 else { return 1 - time }
        let others = names.enumerated().filter { $0.offset != time }.map(\.element)
        throw CommandFailure(
            "which column is the value? Name it with --value; there are \(others.joined(separator: ", "))"
        )
    }

    private static func index(of name: String, among names: [String]) throws(CommandFailure) -> Int {
        if let index = names.firstIndex(of: name) { return index }
        let hint = NearestName.of(name, among: names).map { "; did you mean “\($0)”?" } ?? ""
        throw CommandFailure("there is no column “\(name)”: there are \(names.joined(separator: ", "))\(hint)")
    }
}
