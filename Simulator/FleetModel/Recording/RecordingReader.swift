import TelemetryJSON
package import TelemetryModel

/// Turns the pieces of a CSV file into readings, in the file's order.
package struct RecordingReader: Sendable {
    /// What ``next()`` found.
    package enum Step: Equatable, Sendable {
        case reading(RecordedReading)
        /// The row on this line of the file is not published.
        case malformed(line: Int, RowFault)
        case needsMore
        case end
    }

    /// The hub takes messages of 262144 bytes, properties included; it closes the connection of a device that sends more.
    package static let bodyBytesMax = 262_000

    /// The columns, once the header has been read.
    package private(set) var schema: RecordingSchema?
    private let options: RecordingSchema.Options
    private let start: Timestamp
    private var csv = CSVReader()
    private var row = CSVRow()
    private var writer = JSONWriter()
    private var rowCount = 0

    /// A reader at the start of a file.
    ///
    /// - Parameters:
    ///   - options: the user's choice of columns.
    ///   - start: what numeric times count from.
    package init(options: RecordingSchema.Options, start: Timestamp = Timestamp(milliseconds: 0)) {
        self.options = options
        self.start = start
    }

    /// Takes the next piece of the file.
    package mutating func append(_ piece: some Collection<UInt8>) { self.csv.append(piece) }

    /// The file has no more pieces.
    package mutating func finish() { self.csv.finish() }

    /// Reads on; throws only at the header.
    package mutating func next() throws(RecordingError) -> Step {
        while true {
            switch self.csv.next(into: &self.row) {
            case .needsMore: return .needsMore
            case .end:
                if self.schema == nil { throw .empty }
                return .end
            case .malformed(let line, let fault):
                if self.schema == nil { throw .header(fault) }
                self.rowCount += 1
                return .malformed(line: line, .csv(fault))
            case .row:
                guard let schema = self.schema else {
                    self.schema = try RecordingSchema(header: self.row.texts, options: self.options)
                    continue
                }
                self.rowCount += 1
                return self.reading(schema)
            }
        }
    }

    private mutating func reading(_ schema: RecordingSchema) -> Step {
        guard self.row.count == schema.fieldCount else {
            let fault = RowFault.fieldCount(found: self.row.count, expected: schema.fieldCount)
            return .malformed(line: self.row.line, fault)
        }
        let field = self.row[schema.timeIndex]
        guard let time = RecordedTime.parse(field, start: self.start) else {
            let text = String(decoding: field.prefix(40), as: UTF8.self)
            return .malformed(line: self.row.line, .time(text))
        }
        self.writer.removeAll()
        self.writer.beginObject()
        self.writer.key("ts")
        self.writer.string(utf8: time.iso8601)
        for channel in schema.channels {
            guard let number = NumberText.json(self.row[channel.index]) else { continue }
            self.writer.key(channel.name)
            self.writer.raw(number)
        }
        self.writer.endObject()
        guard self.writer.bytes.count <= RecordingReader.bodyBytesMax else {
            return .malformed(line: self.row.line, .bodyTooLarge)
        }
        return .reading(RecordedReading(number: self.rowCount, time: time, body: self.writer.bytes))
    }
}
