import FoundationEssentials
import GatewayClient
import TelemetryModel

/// The devices of a file of JSON lines or CSV, drawn one by one; lines that are none are remembered and passed over.
///
/// A first line that is no JSON object names the columns of CSV. See ``ImportLine`` for what a line may say.
final class ImportSource: Sequence, IteratorProtocol {
    /// A line that could not be imported.
    struct Failure: Encodable, Equatable {
        /// From 1.
        var line: Int
        var deviceId: String?
        var code: String
        var message: String
    }

    private enum Form {
        case unknown
        case jsonLines
        case csv(columns: [String])
    }

    /// Lines that were no devices.
    private(set) var failures = [Failure]()
    /// What ended the reading before the end.
    private(set) var fault: CommandFailure?
    /// The line number of every device drawn.
    private(set) var lineNumbers = [Int]()
    private var reader: LineReader
    private var line = 0
    private var form = Form.unknown

    init(path: String) throws(CommandFailure) {
        self.reader = try LineReader(path: path)
    }

    func next() -> NewDevice? {
        do throws(CommandFailure) {
            while let text = try self.reader.next() {
                self.line += 1
                if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                if case .unknown = self.form, try self.readColumns(text) { continue }
                if let device = self.device(of: text) {
                    self.lineNumbers.append(self.line)
                    return device
                }
            }
        } catch {
            self.fault = error
        }
        return nil
    }

    /// Whether the first line names columns.
    private func readColumns(_ text: ArraySlice<UInt8>) throws(CommandFailure) -> Bool {
        guard let values = CSVColumns.values(of: text), values.contains("deviceId"), text.first != UInt8(ascii: "{")
        else {
            self.form = .jsonLines
            return false
        }
        for column in values where !ImportLine.columns.contains(column) {
            let hint = NearestName.of(column, among: ImportLine.columns).map { "; did you mean \($0)?" } ?? ""
            let known = ImportLine.columns.joined(separator: ", ")
            throw CommandFailure("the column “\(column)” is unknown: there are \(known)\(hint)")
        }
        self.form = .csv(columns: values)
        return true
    }

    private func device(of text: ArraySlice<UInt8>) -> NewDevice? {
        let line: ImportLine?
        switch self.form {
        case .unknown, .jsonLines: line = self.decoded(text)
        case .csv(let columns): line = self.read(text, columns)
        }
        do throws(CommandFailure) {
            guard let line else { return nil }
            var device = try line.device()
            if line.tags != nil || line.properties != nil { try ImportTwin.read(text, into: &device) }
            return device
        } catch {
            self.refuse(error.description, deviceID: line?.id)
            return nil
        }
    }

    private func read(_ text: ArraySlice<UInt8>, _ columns: [String]) -> ImportLine? {
        guard let values = CSVColumns.values(of: text), values.count <= columns.count else {
            self.refuse("the line has more values than there are columns, or a quote without its other half")
            return nil
        }
        let line = ImportLine(Dictionary(zip(columns, values)) { first, _ in first })
        if line == nil { self.refuse("the line has no “deviceId”") }
        return line
    }

    private func decoded(_ text: ArraySlice<UInt8>) -> ImportLine? {
        do {
            return try JSONDecoder().decode(ImportLine.self, from: Data(text))
        } catch DecodingError.keyNotFound(let key, _) {
            self.refuse("the line has no “\(key.stringValue)”")
        } catch DecodingError.typeMismatch(_, let context) {
            self.refuse("“\(context.codingPath.map(\.stringValue).joined(separator: "."))” has the wrong type")
        } catch {
            self.refuse("the line is not a JSON object")
        }
        return nil
    }

    private func refuse(_ message: String, deviceID: String? = nil) {
        self.failures.append(
            Failure(line: self.line, deviceId: deviceID, code: "MalformedLine", message: message)
        )
    }
}
