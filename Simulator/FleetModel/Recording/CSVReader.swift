/// Reads CSV (RFC 4180) from pieces of a file, in memory bounded by one piece and one row.
///
/// Fields are parted by commas, rows by LF or CRLF; a field in quotes may hold both, and `""` for a quote. A byte order
/// mark and empty lines are skipped. A quote inside an unquoted field is an ordinary character. A faulty row costs its
/// first line: reading goes on behind it, even if a stray quote seems to swallow the rest of the file.
package struct CSVReader: Sendable {
    /// A longer row is a fault.
    package static let rowBytesMax = 65_536

    /// What ``next(into:)`` found.
    package enum Step: Equatable, Sendable {
        /// A row was read.
        case row
        /// The row that begins on this line, from 1, cannot be read.
        case malformed(line: Int, CSVFault)
        /// Another piece is needed.
        case needsMore
        /// The file is over.
        case end
    }

    private var buffer: [UInt8] = []
    /// The first byte of `buffer` that no row has used.
    private var position = 0
    /// The line of `position`, from 1.
    private var line = 1
    private var isFinished = false
    private var isAtStart = true
    /// Dropping the rest of a line that was too long.
    private var isSkippingLine = false

    /// A reader at the start of a file.
    package init() {}

    /// Takes the next piece of the file; call it when ``next(into:)`` needs more.
    package mutating func append(_ piece: some Collection<UInt8>) {
        self.buffer.removeSubrange(..<self.position)
        self.position = 0
        self.buffer.append(contentsOf: piece)
    }

    /// The file has no more pieces.
    package mutating func finish() {
        self.isFinished = true
    }

    /// Reads the next row.
    ///
    /// - Parameter row: holds the fields when the result is `row`; undefined otherwise.
    /// - Returns: what was found.
    package mutating func next(into row: inout CSVRow) -> Step {
        if self.isAtStart, let step = self.skipByteOrderMark() { return step }
        while true {
            if self.isSkippingLine, !self.skipLine() { return self.isFinished ? .end : .needsMore }
            guard self.position < self.buffer.count else { return self.isFinished ? .end : .needsMore }
            row.removeAll(line: self.line)
            switch self.scan(into: &row) {
            case .complete(let end, let newlines):
                let isEmpty = row.count == 1 && row[0].isEmpty && self.buffer[self.position] != UInt8(ascii: "\"")
                self.position = end
                self.line += newlines
                if !isEmpty { return .row }
            case .incomplete:
                return .needsMore
            case .faulty(let fault):
                let line = self.line
                self.isSkippingLine = true
                _ = self.skipLine()
                return .malformed(line: line, fault)
            }
        }
    }

    private enum Scan {
        /// The row ends before this position and spans this many line feeds.
        case complete(end: Int, newlines: Int)
        case incomplete
        case faulty(CSVFault)
    }

    /// Reads one row that begins at `position`, without moving it.
    private func scan(into row: inout CSVRow) -> Scan {
        let lineFeed = UInt8(ascii: "\n")
        let quote = UInt8(ascii: "\"")
        return self.buffer.withUnsafeBufferPointer { bytes in
            let limit = min(bytes.count, self.position + CSVReader.rowBytesMax + 1)
            var index = self.position
            var newlines = 0
            fields: while true {
                if index < limit, bytes[index] == quote {
                    index += 1
                    while true {
                        guard index < limit else { return self.cut(at: limit, in: bytes.count, quoted: true) }
                        let byte = bytes[index]
                        index += 1
                        if byte != quote {
                            if byte == lineFeed { newlines += 1 }
                            row.append(byte)
                        } else if index < limit, bytes[index] == quote {
                            row.append(quote)
                            index += 1
                        } else {
                            break
                        }
                    }
                } else {
                    while index < limit, bytes[index] != UInt8(ascii: ","), bytes[index] != lineFeed,
                        !CSVReader.mayEndLine(bytes, index)
                    {
                        row.append(bytes[index])
                        index += 1
                    }
                }
                guard index < limit else {
                    guard self.isFinished, limit == bytes.count, index - self.position <= CSVReader.rowBytesMax else {
                        return self.cut(at: limit, in: bytes.count, quoted: false)
                    }
                    row.endField()
                    return .complete(end: index, newlines: newlines)
                }
                switch bytes[index] {
                case UInt8(ascii: ","):
                    row.endField()
                    index += 1
                case lineFeed:
                    row.endField()
                    return .complete(end: index + 1, newlines: newlines + 1)
                case UInt8(ascii: "\r") where index + 1 < bytes.count && bytes[index + 1] == lineFeed:
                    row.endField()
                    return .complete(end: index + 2, newlines: newlines + 1)
                case UInt8(ascii: "\r") where index + 1 == bytes.count && self.isFinished:
                    row.endField()
                    return .complete(end: index + 1, newlines: newlines + 1)
                case UInt8(ascii: "\r") where index + 1 == bytes.count:
                    return .incomplete
                default:
                    return .faulty(.textAfterQuote)
                }
            }
        }
    }

    /// What a row is that did not end before `limit`.
    private func cut(at limit: Int, in count: Int, quoted: Bool) -> Scan {
        if limit - self.position > CSVReader.rowBytesMax { return .faulty(quoted ? .unterminatedQuote : .rowTooLong) }
        return self.isFinished && limit == count ? .faulty(.unterminatedQuote) : .incomplete
    }

    /// Whether a CR here ends the row: before LF, at the end of the file, or perhaps, at the end of a piece.
    @inline(__always)
    private static func mayEndLine(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard bytes[index] == UInt8(ascii: "\r") else { return false }
        return index + 1 == bytes.count || bytes[index + 1] == UInt8(ascii: "\n")
    }

    /// Moves behind the next line feed; `false` when it has not come yet.
    private mutating func skipLine() -> Bool {
        guard let end = self.buffer[self.position...].firstIndex(of: UInt8(ascii: "\n")) else {
            self.position = self.buffer.count
            return false
        }
        self.position = end + 1
        self.line += 1
        self.isSkippingLine = false
        return true
    }

    /// Skips EF BB BF; a step when not enough bytes are there to tell.
    private mutating func skipByteOrderMark() -> Step? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let head = self.buffer.prefix(3)
        if head.count < 3, !self.isFinished, mark.starts(with: head) { return .needsMore }
        if head.elementsEqual(mark) { self.position = 3 }
        self.isAtStart = false
        return nil
    }
}
