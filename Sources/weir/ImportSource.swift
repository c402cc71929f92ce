import FoundationEssentials
import GatewayClient

/// The devices of a file of JSON lines, drawn one by one; lines that are none are remembered and passed over.
///
/// A line is `{"deviceId":"d-1"}`, with `primaryKey`, `secondaryKey`, `status` and `statusReason` if wanted, or an
/// identity as `weir device list --json` prints it.
final class ImportSource: Sequence, IteratorProtocol {
    /// A line that could not be imported.
    struct Failure: Encodable, Equatable {
        /// From 1.
        var line: Int
        var deviceId: String?
        var code: String
        var message: String
    }

    private struct Line: Decodable {
        struct Authentication: Decodable {
            struct Keys: Decodable {
                var primaryKey: String?
                var secondaryKey: String?
            }

            var symmetricKey: Keys?
        }

        var deviceId: String
        var primaryKey: String?
        var secondaryKey: String?
        var status: String?
        var statusReason: String?
        var authentication: Authentication?
    }

    /// Lines that were no devices.
    private(set) var failures = [Failure]()
    /// What ended the reading before the end.
    private(set) var fault: CommandFailure?
    /// The line number of every device drawn.
    private(set) var lineNumbers = [Int]()
    private var reader: LineReader
    private var line = 0

    init(path: String) throws(CommandFailure) {
        self.reader = try LineReader(path: path)
    }

    func next() -> NewDevice? {
        do throws(CommandFailure) {
            while let text = try self.reader.next() {
                self.line += 1
                if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
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

    private func device(of text: ArraySlice<UInt8>) -> NewDevice? {
        let line: Line
        do {
            line = try JSONDecoder().decode(Line.self, from: Data(text))
        } catch {
            let message: String
            if case DecodingError.keyNotFound(let key, _) = error {
                message = "the line has no “\(key.stringValue)”"
            } else if case DecodingError.typeMismatch(_, let context) = error {
                message = "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” has the wrong type"
            } else {
                message = "the line is not a JSON object"
            }
            self.failures.append(Failure(line: self.line, deviceId: nil, code: "MalformedLine", message: message))
            return nil
        }
        let keys = line.authentication?.symmetricKey
        return NewDevice(
            id: line.deviceId,
            primaryKey: line.primaryKey ?? keys?.primaryKey,
            secondaryKey: line.secondaryKey ?? keys?.secondaryKey,
            status: line.status ?? "enabled",
            statusReason: line.statusReason
        )
    }
}
