/// Values by column: `17,21.50,40.20`. Lines that begin with `#` are remarks.
package struct CSVLine: Equatable, Sendable {
    /// A channel and its column, from 1.
    package struct Column: Equatable, Sendable {
        package var quantity: Quantity
        package var number: Int

        package init(_ quantity: Quantity, number: Int) {
            self.quantity = quantity
            self.number = number
        }
    }

    package var columns: [Column]
    package var separator: UInt8

    package init(_ columns: [Column], separator: UInt8 = UInt8(ascii: ",")) {
        self.columns = columns
        self.separator = separator
    }

    /// Reads a line without its end; `nil` for a remark. A column that is missing or no number is `parse`.
    package func readings(in line: ArraySlice<UInt8>) -> [ChannelReading]? {
        guard line.first != UInt8(ascii: "#") else { return nil }
        let fields = line.split(separator: self.separator, omittingEmptySubsequences: false)
        return self.columns.map { column in
            let text = column.number <= fields.count ? LineFormat.trimmed(fields[column.number - 1]) : []
            return LineFormat.reading(column.quantity, LineNumber.parse(text))
        }
    }
}
