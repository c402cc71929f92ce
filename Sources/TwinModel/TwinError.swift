package import TelemetryJSON

/// Why a twin is not changed: a rule that was broken, and where.
///
/// Source: contract twins sections 4 to 6.
package struct TwinError: Error, Equatable, Sendable {
    /// The rules.
    package enum Code: Equatable, Sendable {
        /// The bytes are no JSON, or hold a number that no rule allows.
        case malformed(JSONError)
        case notAnObject
        case keyEmpty
        case keyTooLong(byteCount: Int)
        /// A control character, `.`, `$` or space in a name.
        case keyCharacter(Unicode.Scalar)
        case integerOutOfRange(Int64)
        case stringTooLong(byteCount: Int)
        case nestedTooDeep
        case sectionTooLarge(size: Int, limit: Int)
        /// The section is within its size, but what counts nothing in it takes too much room.
        case sectionTooHeavy(weight: Int, limit: Int)
        case etagMismatch(current: String)
        /// The `$version` condition of a device's request is not the current one.
        case versionMismatch(current: Int64)
    }

    /// What is wrong.
    package var code: Code
    /// The section and the names down to the place; empty when it is about the whole request.
    package var path: [String]

    /// An error at a place.
    package init(_ code: Code, at path: [String] = []) {
        self.code = code
        self.path = path
    }

    /// The status for HTTP and for the device: 400, 412 or 413.
    package var status: Int {
        switch self.code {
        case .malformed, .notAnObject, .keyEmpty, .keyTooLong, .keyCharacter, .integerOutOfRange, .stringTooLong,
            .nestedTooDeep:
            400
        case .etagMismatch, .versionMismatch: 412
        case .sectionTooLarge, .sectionTooHeavy: 413
        }
    }

    /// The same error one level further up.
    func within(_ name: String) -> TwinError {
        TwinError(self.code, at: [name] + self.path)
    }
}

extension TwinError: CustomStringConvertible {
    /// One sentence with place, value and limit: `properties.desired.a.b: a string of 4097 bytes; the limit is 4096 bytes`.
    package var description: String {
        let what =
            switch self.code {
            case .malformed(let error): "\(error)"
            case .notAnObject: "not a JSON object, which it has to be"
            case .keyEmpty: "an empty name; a name has 1 to \(TwinLimits.keySizeMax) bytes"
            case .keyTooLong(let byteCount):
                "a name of \(byteCount) bytes; the limit is \(TwinLimits.keySizeMax) bytes of UTF-8"
            case .keyCharacter(let scalar):
                "the character U+\(TwinError.hexadecimal(scalar)) in a name; '.', '$', space and control characters are"
                    + " not allowed"
            case .integerOutOfRange(let value):
                "the integer \(value); the range is \(TwinLimits.integers.lowerBound) to"
                    + " \(TwinLimits.integers.upperBound)"
            case .stringTooLong(let byteCount):
                "a string of \(byteCount) bytes; the limit is \(TwinLimits.stringSizeMax) bytes of UTF-8"
            case .nestedTooDeep: "nested deeper than \(TwinLimits.depthMax) objects"
            case .sectionTooLarge(let size, let limit):
                "\(size) bytes after the change; the limit is \(limit) bytes"
            case .sectionTooHeavy(let weight, let limit):
                "\(weight) bytes after the change, with control characters, nulls and empty values; the limit of this"
                    + " gateway is \(limit) bytes"
            case .etagMismatch(let current): "If-Match does not hold: the twin's etag is now \(current)"
            case .versionMismatch(let current): "the $version of the request is not the current \(current)"
            }
        return self.path.isEmpty ? what : "\(self.path.map(TwinError.clipped).joined(separator: ".")): \(what)"
    }

    /// A name that fits into a message.
    private static func clipped(_ name: String) -> String {
        name.utf8.count <= 64 ? name : "\(name.prefix(32))…"
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
