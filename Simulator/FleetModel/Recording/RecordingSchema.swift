/// Which column of a recording is its time, and which are channels.
package struct RecordingSchema: Equatable, Sendable {
    /// A column that is published.
    package struct Channel: Equatable, Sendable {
        package var index: Int
        /// The header's text, the channel's name in the telemetry body.
        package var name: String
    }

    /// What the user says about the columns.
    package struct Options: Equatable, Sendable {
        /// The time column; `nil` takes the first of ``RecordingSchema/timeNames`` that is there.
        package var timeColumn: String?
        /// Columns to leave out, besides the labels.
        package var skipped: Set<String>

        /// The user's choice.
        package init(timeColumn: String? = nil, skipped: Set<String> = []) {
            self.timeColumn = timeColumn
            self.skipped = skipped
        }
    }

    /// Names of time columns, first choice first; compared without case.
    package static let timeNames = ["timestamp", "datetime", "ts", "time", "date"]

    package let timeIndex: Int
    package let channels: [Channel]
    /// Fields of every row.
    package let fieldCount: Int

    /// Reads the header row. Columns without a name (a data frame's index) are not published.
    package init(header: [String], options: Options = Options()) throws(RecordingError) {
        let names = header.map { String(decoding: NumberText.trimmed(Array($0.utf8)[...]), as: UTF8.self) }
        let timeIndex: Int
        if let wanted = options.timeColumn {
            guard let index = names.firstIndex(of: wanted) else {
                throw .missingColumn(wanted, columns: names)
            }
            timeIndex = index
        } else {
            let plain = names.map { $0.lowercased() }
            guard let index = RecordingSchema.timeNames.lazy.compactMap({ plain.firstIndex(of: $0) }).first else {
                throw .noTimeColumn(columns: names)
            }
            timeIndex = index
        }
        for name in options.skipped.sorted() where !names.contains(name) {
            throw .missingColumn(name, columns: names)
        }
        var channels = [Channel]()
        var seen = Set<String>()
        for (index, name) in names.enumerated() where index != timeIndex {
            if name.isEmpty || options.skipped.contains(name) || LabelColumns.contains(name) { continue }
            guard name != "ts" else { throw .timeNameTaken }
            guard seen.insert(name).inserted else { throw .repeatedColumn(name) }
            channels.append(Channel(index: index, name: name))
        }
        guard !channels.isEmpty else { throw .noChannel }
        self.timeIndex = timeIndex
        self.channels = channels
        self.fieldCount = names.count
    }
}
