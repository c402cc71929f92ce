import GatewayClient
import TelemetryModel

/// The readings of a file, drawn one by one and numbered from 0; lines that are none are remembered and passed over.
final class ReadingSource {
    /// A line that is no reading.
    struct Failure: Encodable, Equatable {
        /// From 1.
        var line: Int
        var message: String
    }

    /// Failures remembered; more are only counted.
    private static let failuresMax = 1_000

    /// The first lines that are no readings.
    private(set) var failures: [Failure] = []
    /// All of them.
    private(set) var failureCount = 0
    private var reader: LineReader
    private var form: ReadingForm?
    private let timeColumn: String?
    private var line = 0
    private var number: Int64 = 0

    init(path: String, timeColumn: String?) throws(CommandFailure) {
        self.reader = try LineReader(path: path)
        self.timeColumn = timeColumn
    }

    /// Bytes of the file read so far.
    var bytesRead: Int { self.reader.bytesRead }

    /// Bytes of the file; `nil` for a stream, which can be read only once.
    var byteCount: Int? { self.reader.byteCount }

    /// Hands over the bytes that the readings are, or will be, read from.
    func readAhead(_ receive: ([UInt8]) -> Void) throws(CommandFailure) {
        try self.reader.readAhead(receive)
    }

    /// The next reading; `nil` at the end of the file.
    ///
    /// - Throws: `CommandFailure` when the file cannot be read on, or is no file of readings.
    func next() throws(CommandFailure) -> (number: Int64, ReadingForm.Reading)? {
        while let text = try self.reader.next() {
            self.line += 1
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            let form: ReadingForm
            if let known = self.form {
                form = known
            } else {
                form = try ReadingForm(firstLine: text, timeColumn: self.timeColumn)
                self.form = form
                if case .csv = form { continue }
            }
            do throws(CommandFailure) {
                let reading = try form.reading(of: text)
                defer { self.number += 1 }
                return (self.number, reading)
            } catch {
                self.failureCount += 1
                if self.failures.count < ReadingSource.failuresMax {
                    self.failures.append(Failure(line: self.line, message: error.description))
                }
            }
        }
        return nil
    }
}
