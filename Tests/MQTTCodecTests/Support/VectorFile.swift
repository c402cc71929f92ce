import Foundation
import MQTTCodec

/// A file of `Vectors/`: named cases of one version, bytes in hexadecimal as written by hand from the specification.
struct VectorFile<Case: Decodable>: Decodable {
    var version: UInt8
    var cases: [Case]

    /// Reads `Vectors/<name>.json`; ends the run when it cannot.
    static func cases(_ name: String) -> [(version: MQTTVersion, content: Case)] {
        guard let url = Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json") else {
            preconditionFailure("Vectors/\(name).json is missing")
        }
        do {
            let file = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
            guard let version = MQTTVersion(rawValue: file.version) else {
                preconditionFailure("Vectors/\(name).json is of version \(file.version)")
            }
            return file.cases.map { (version, $0) }
        } catch {
            preconditionFailure("Vectors/\(name).json: \(error)")
        }
    }

    /// The bytes of hexadecimal digits, spaces between them or not.
    static func bytes(_ text: String) -> [UInt8] {
        let digits = text.filter { $0 != " " }
        precondition(digits.count % 2 == 0, "half a byte in \(text)")
        return stride(from: 0, to: digits.count, by: 2).map { place in
            let start = digits.index(digits.startIndex, offsetBy: place)
            guard let byte = UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16) else {
                preconditionFailure("no hexadecimal: \(text)")
            }
            return byte
        }
    }
}
