/// Functions of texts. A character is a Unicode scalar; the first has the number 1.
///
/// Source: Azure Stream Analytics, string functions.
enum TextFunctions {
    /// Longest result of `REPLICATE` and `REPLACE` in UTF-8 bytes.
    static let lengthMax = 1 << 20

    static let all: [ScalarFunction] = [
        .one("LEN") { (value) throws(StreamFault) in
            .bigint(Int64(try FunctionArgument.text(value, of: "LEN").unicodeScalars.count))
        },
        .one("LOWER") { (value) throws(StreamFault) in
            .nvarchar(try FunctionArgument.text(value, of: "LOWER").lowercased())
        },
        .one("UPPER") { (value) throws(StreamFault) in
            .nvarchar(try FunctionArgument.text(value, of: "UPPER").uppercased())
        },
        .one("TRIM") { (value) throws(StreamFault) in
            TextFunctions.trimmed(try FunctionArgument.text(value, of: "TRIM"), start: true, end: true)
        },
        .one("LTRIM") { (value) throws(StreamFault) in
            TextFunctions.trimmed(try FunctionArgument.text(value, of: "LTRIM"), start: true, end: false)
        },
        .one("RTRIM") { (value) throws(StreamFault) in
            TextFunctions.trimmed(try FunctionArgument.text(value, of: "RTRIM"), start: false, end: true)
        },
        .one("REVERSE") { (value) throws(StreamFault) in
            let text = try FunctionArgument.text(value, of: "REVERSE")
            return .nvarchar(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
        },
        .one("UNICODE") { (value) throws(StreamFault) in
            let text = try FunctionArgument.text(value, of: "UNICODE")
            return text.unicodeScalars.first.map { .bigint(Int64($0.value)) } ?? .null
        },
        .one("NCHAR") { (value) throws(StreamFault) in
            let code = try FunctionArgument.integer(value, of: "NCHAR")
            return UInt32(exactly: code).flatMap(Unicode.Scalar.init).map { .nvarchar(String($0)) } ?? .null
        },
        ScalarFunction("SUBSTRING", 3...3, .many(TextFunctions.substring)),
        ScalarFunction("CHARINDEX", 2...3, .many(TextFunctions.index)),
        ScalarFunction("REPLACE", 3...3, .many(TextFunctions.replace)),
        .two("REPLICATE") { (value, count) throws(StreamFault) in
            let text = try FunctionArgument.text(value, of: "REPLICATE")
            let count = try FunctionArgument.integer(count, of: "REPLICATE")
            guard count >= 0 else { return .null }
            guard count <= TextFunctions.lengthMax, Int(count) * text.utf8.count <= TextFunctions.lengthMax else {
                throw StreamFault("REPLICATE makes more than \(TextFunctions.lengthMax) bytes")
            }
            return .nvarchar(String(repeating: text, count: Int(count)))
        },
        ScalarFunction("CONCAT", 2...1_000, isStrict: false, .many(TextFunctions.concatenation)),
        ScalarFunction("CONCAT_WS", 3...1_000, isStrict: false, .many(TextFunctions.joined)),
    ]

    private static func trimmed(_ text: String, start: Bool, end: Bool) -> StreamValue {
        var scalars = text.unicodeScalars[...]
        if start { scalars = scalars.drop { $0.properties.isWhitespace } }
        if end { while scalars.last?.properties.isWhitespace == true { scalars.removeLast() } }
        return .nvarchar(String(scalars))
    }

    /// `SUBSTRING(text, start, length)`: a start before 1 takes from the length, as in T-SQL.
    @Sendable
    private static func substring(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let scalars = try FunctionArgument.text(arguments[0], of: "SUBSTRING").unicodeScalars
        let start = try FunctionArgument.integer(arguments[1], of: "SUBSTRING")
        let length = try FunctionArgument.integer(arguments[2], of: "SUBSTRING")
        guard length >= 0 else { throw StreamFault("SUBSTRING wants a length of 0 or more, not \(length)") }
        let (sum, overflows) = start.addingReportingOverflow(length)
        let end = overflows ? Int64.max : sum
        let first = max(start, 1)
        guard end > first, first <= Int64(scalars.count) else { return .nvarchar("") }
        let dropped = scalars.dropFirst(Int(first - 1))
        return .nvarchar(String(Substring(dropped.prefix(Int(min(end - first, Int64(scalars.count)))))))
    }

    /// `CHARINDEX(wanted, text[, start])`: 0 when it is not there.
    @Sendable
    private static func index(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let wanted = Array(try FunctionArgument.text(arguments[0], of: "CHARINDEX").utf8)
        let text = try FunctionArgument.text(arguments[1], of: "CHARINDEX")
        let start = arguments.count > 2 ? try FunctionArgument.integer(arguments[2], of: "CHARINDEX") : 1
        let skipped = Int(clamping: max(start, 1) - 1)
        let rest = text.unicodeScalars.dropFirst(skipped)
        guard let offset = TextFunctions.offset(of: wanted, in: Array(String(rest).utf8), from: 0) else {
            return .bigint(0)
        }
        // UTF-8 finds itself only where a character begins.
        let before = String(rest).utf8.prefix(offset).count { $0 & 0xC0 != 0x80 }
        return .bigint(Int64(skipped + before + 1))
    }

    @Sendable
    private static func replace(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let text = Array(try FunctionArgument.text(arguments[0], of: "REPLACE").utf8)
        let old = Array(try FunctionArgument.text(arguments[1], of: "REPLACE").utf8)
        let new = Array(try FunctionArgument.text(arguments[2], of: "REPLACE").utf8)
        var out: [UInt8] = []
        var position = 0
        while let found = TextFunctions.offset(of: old, in: text, from: position) {
            out += text[position..<found] + new
            position = found + old.count
            guard out.count <= TextFunctions.lengthMax else {
                throw StreamFault("REPLACE makes more than \(TextFunctions.lengthMax) bytes")
            }
        }
        return .nvarchar(String(decoding: out + text[position...], as: UTF8.self))
    }

    /// Where bytes stand in others; `nil` when they do not, or are none.
    private static func offset(of wanted: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first, text.count - start >= wanted.count else { return nil }
        var index = start
        while index + wanted.count <= text.count {
            if text[index] == first, text[index...].starts(with: wanted) { return index }
            index += 1
        }
        return nil
    }

    /// `NULL` counts as the empty text.
    @Sendable
    private static func concatenation(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        var out = ""
        for argument in arguments where !argument.isNull { out += try StreamConversion.text(argument) }
        return .nvarchar(out)
    }

    /// `CONCAT_WS(separator, …)`: `NULL`s are left out.
    @Sendable
    private static func joined(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let separator = arguments[0].isNull ? "" : try FunctionArgument.text(arguments[0], of: "CONCAT_WS")
        var parts: [String] = []
        for argument in arguments.dropFirst() where !argument.isNull {
            parts.append(try StreamConversion.text(argument))
        }
        return .nvarchar(parts.joined(separator: separator))
    }
}
