import TelemetryJSON

/// Values of a JSON object by key: `{"seq":17,"temperature":21.5,"humidity":40.2}`; `air.t` is `t` in the object `air`.
package struct JSONLine: Equatable, Sendable {
    private let fields: [LineField]
    private var scanner: JSONPathScanner

    /// - Parameter fields: names are paths, their parts with dots between them.
    package init(_ fields: [LineField]) {
        self.fields = fields
        let paths = fields.map { field in
            JSONPath(field.name.split(separator: ".", omittingEmptySubsequences: false).map { .name(String($0)) })
        }
        self.scanner = JSONPathScanner(paths: paths, stopsWhenAllFound: false)
    }

    /// Reads a line without its end; `nil` when it is no object or has none of the keys. What is not a number is `parse`.
    package mutating func readings(in line: ArraySlice<UInt8>) -> [ChannelReading]? {
        guard LineFormat.trimmed(line).first == UInt8(ascii: "{") else { return nil }
        let isGood = line.withUnsafeBufferPointer { text in
            do throws(JSONError) {
                try self.scanner.scan(text)
                return true
            } catch {
                return false
            }
        }
        guard isGood else { return self.fields.map { ChannelReading($0.quantity, .bad(.parse)) } }
        guard self.scanner.matches.contains(where: { $0 != .missing }) else { return nil }
        return zip(self.fields, self.scanner.matches).map { field, match in
            let quantity = field.quantity
            return switch match {
            case .integer(let value): LineFormat.reading(quantity, Double(value))
            case .number(let value): LineFormat.reading(quantity, value)
            case .missing, .null, .bool, .string, .compound: ChannelReading(quantity, .bad(.parse))
            }
        }
    }

    /// Whether both read the same; what the scanner last found does not count.
    package static func == (left: JSONLine, right: JSONLine) -> Bool {
        left.fields == right.fields
    }
}
