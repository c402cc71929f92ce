import TelemetryJSON
import TelemetryModel

/// How the lines of a file become readings: the first line tells.
enum ReadingForm: Equatable {
    /// JSON objects with their time in member `time`.
    case jsonLines(time: String)
    /// Comma-separated values; `time` is the column of the time.
    case csv(columns: [String], time: Int)

    /// One reading.
    struct Reading: Equatable {
        var time: Timestamp
        /// Flat JSON with `ts` in ISO 8601.
        var json: [UInt8]
    }

    /// What the first line says.
    ///
    /// - Parameters:
    ///   - line: the first line that is not empty.
    ///   - timeColumn: the column or member of the time; `nil`: looked for.
    /// - Throws: `CommandFailure` when there is none, or the file is neither of both.
    init(firstLine line: some Collection<UInt8>, timeColumn: String?) throws(CommandFailure) {
        if line.first == UInt8(ascii: "{") {
            self = .jsonLines(time: try ReadingForm.timeMember(of: Array(line), timeColumn))
            return
        }
        guard line.first != UInt8(ascii: "[") else {
            throw CommandFailure("the file is one JSON array: one object a line is needed (jq -c '.[]' makes it so)")
        }
        guard let columns = CSVColumns.values(of: ReadingForm.withoutMark(line)), columns.count > 1 else {
            throw CommandFailure("the first line is neither a JSON object nor the names of two or more CSV columns")
        }
        if let twice = columns.first(where: { name in columns.count { $0 == name } > 1 }) {
            throw CommandFailure("the column “\(twice)” is there twice")
        }
        self = .csv(columns: columns, time: try ReadingForm.timeColumn(among: columns, timeColumn))
    }

    /// The reading of a line.
    ///
    /// - Throws: `CommandFailure`: why it is none.
    func reading(of line: some Collection<UInt8>) throws(CommandFailure) -> Reading {
        switch self {
        case .jsonLines(let time): try ReadingForm.jsonReading(Array(line), time: time)
        case .csv(let columns, let time): try ReadingForm.csvReading(line, columns, time: time)
        }
    }

    // MARK: CSV

    private static func csvReading(
        _ line: some Collection<UInt8>,
        _ columns: [String],
        time timeColumn: Int
    ) throws(CommandFailure) -> Reading {
        guard let values = CSVColumns.values(of: line) else {
            throw CommandFailure("the line has a quote without its other half")
        }
        guard values.count == columns.count else {
            throw CommandFailure("the line has \(values.count) values, there are \(columns.count) columns")
        }
        guard let time = ReadingTime.parse(values[timeColumn]) else {
            throw CommandFailure("“\(values[timeColumn].prefix(64))” is no time")
        }
        var writer = JSONWriter(capacity: 64 + line.count * 2)
        writer.beginObject()
        writer.key("ts")
        writer.string(utf8: time.iso8601)
        // What is not there was not measured.
        for (index, value) in values.enumerated() where index != timeColumn && !value.isEmpty && columns[index] != "ts"
        {
            writer.key(columns[index])
            switch value {
            case "true", "True", "TRUE": writer.bool(true)
            case "false", "False", "FALSE": writer.bool(false)
            default:
                if self.isNumber(value) {
                    writer.number(verbatim: value)
                } else {
                    writer.string(value)
                }
            }
        }
        writer.endObject()
        return Reading(time: time, json: writer.bytes)
    }

    /// Whether JSON would write it so; anything else, such as 0815, stays text.
    private static func isNumber(_ value: String) -> Bool {
        guard let first = value.utf8.first, let last = value.utf8.last else { return false }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        return (isDigit(first) || first == UInt8(ascii: "-")) && isDigit(last) && JSONValidator.isValid(value.utf8)
    }

    private static func timeColumn(among columns: [String], _ wanted: String?) throws(CommandFailure) -> Int {
        if let wanted {
            if let index = columns.firstIndex(of: wanted) { return index }
            let hint = NearestName.of(wanted, among: columns).map { "; did you mean “\($0)”?" } ?? ""
            throw CommandFailure("there is no column “\(wanted)”: there are \(columns.joined(separator: ", "))\(hint)")
        }
        for name in ReadingTime.columns {
            if let index = columns.firstIndex(where: { $0.lowercased() == name }) { return index }
        }
        throw CommandFailure(
            "no column looks like a time: name it with --time-column; there are \(columns.joined(separator: ", "))"
        )
    }

    /// Without the byte order mark that some tools write.
    private static func withoutMark(_ line: some Collection<UInt8>) -> [UInt8] {
        line.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(line.dropFirst(3)) : Array(line)
    }

    // MARK: JSON lines

    private static func jsonReading(_ line: [UInt8], time member: String) throws(CommandFailure) -> Reading {
        let object = try self.object(line)
        guard let value = JSONMembers.value(of: member, in: object) else {
            throw CommandFailure("the object has no “\(member)”")
        }
        let text = value.first == UInt8(ascii: "\"") ? value.dropFirst().dropLast() : value
        guard let time = ReadingTime.parse(String(decoding: text, as: UTF8.self)) else {
            throw CommandFailure("“\(String(decoding: text.prefix(64), as: UTF8.self))” is no time")
        }
        if member == "ts" {
            // A time that every reader of telemetry reads stays as the file has it.
            if value.first == UInt8(ascii: "\""), Timestamp(iso8601: text) != nil {
                return Reading(time: time, json: object)
            }
            let stamp = Array("\"".utf8) + time.iso8601 + Array("\"".utf8)
            return Reading(time: time, json: Array(object[..<value.startIndex]) + stamp + object[value.endIndex...])
        }
        guard JSONMembers.value(of: "ts", in: object) == nil else {
            throw CommandFailure("the object has “ts” beside “\(member)”: use --time-column ts")
        }
        let head = Array("{\"ts\":\"".utf8) + time.iso8601 + Array("\",".utf8)
        return Reading(time: time, json: head + object.dropFirst())
    }

    private static func timeMember(of line: [UInt8], _ wanted: String?) throws(CommandFailure) -> String {
        if let wanted { return wanted }
        let object = try self.object(line)
        if let name = ReadingTime.columns.first(where: { JSONMembers.value(of: $0, in: object) != nil }) { return name }
        throw CommandFailure(
            "the first object has none of \(ReadingTime.columns.joined(separator: ", ")): name its time with --time-column"
        )
    }

    private static func object(_ line: [UInt8]) throws(CommandFailure) -> [UInt8] {
        do throws(JSONError) {
            let object = try JSONCompactor.compact(line)
            guard object.first == UInt8(ascii: "{") else { throw JSONError(.notTelemetry, at: 0) }
            return object
        } catch {
            throw CommandFailure("the line is no JSON object")
        }
    }
}
