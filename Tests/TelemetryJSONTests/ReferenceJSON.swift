/// A slow and plain JSON reader to compare the fast one with: over decoded scalars, building a tree.
indirect enum ReferenceJSON: Equatable {
    case object([(String, ReferenceJSON)])
    case array([ReferenceJSON])
    case string(String)
    case number(String)
    case word(String)

    static func == (left: ReferenceJSON, right: ReferenceJSON) -> Bool {
        switch (left, right) {
        case (.object(let a), .object(let b)): a.map(\.0) == b.map(\.0) && a.map(\.1) == b.map(\.1)
        case (.array(let a), .array(let b)): a == b
        case (.string(let a), .string(let b)): Array(a.utf8) == Array(b.utf8)
        case (.number(let a), .number(let b)), (.word(let a), .word(let b)): a == b
        case (.object, _), (.array, _), (.string, _), (.number, _), (.word, _): false
        }
    }

    private struct Fault: Error {}

    /// The tree; `nil` when the bytes are not one JSON value of at most 64 levels.
    static func parse(_ bytes: [UInt8]) -> ReferenceJSON? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var rest = Array(text.unicodeScalars)[...]
        guard let value = try? ReferenceJSON.value(&rest, depth: 0) else { return nil }
        ReferenceJSON.space(&rest)
        return rest.isEmpty ? value : nil
    }

    private static func space(_ rest: inout ArraySlice<Unicode.Scalar>) {
        while let first = rest.first, [" ", "\t", "\n", "\r"].contains(first) { rest.removeFirst() }
    }

    private static func value(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) throws -> ReferenceJSON {
        ReferenceJSON.space(&rest)
        guard let first = rest.first else { throw Fault() }
        if first == "{" || first == "[" {
            guard depth < 64 else { throw Fault() }
            rest.removeFirst()
            return first == "{" ? try object(&rest, depth: depth) : try array(&rest, depth: depth)
        }
        if first == "\"" { return .string(try ReferenceJSON.string(&rest)) }
        for word in ["true", "false", "null"] where rest.starts(with: word.unicodeScalars) {
            rest.removeFirst(word.count)
            return .word(word)
        }
        return .number(try ReferenceJSON.number(&rest))
    }

    private static func take(_ scalar: Unicode.Scalar, _ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        ReferenceJSON.space(&rest)
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private static func object(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) throws -> ReferenceJSON {
        var members: [(String, ReferenceJSON)] = []
        if ReferenceJSON.take("}", &rest) { return .object([]) }
        repeat {
            ReferenceJSON.space(&rest)
            guard rest.first == "\"" else { throw Fault() }
            let name = try ReferenceJSON.string(&rest)
            guard ReferenceJSON.take(":", &rest) else { throw Fault() }
            members.append((name, try ReferenceJSON.value(&rest, depth: depth + 1)))
        } while ReferenceJSON.take(",", &rest)
        guard ReferenceJSON.take("}", &rest) else { throw Fault() }
        return .object(members)
    }

    private static func array(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) throws -> ReferenceJSON {
        var elements: [ReferenceJSON] = []
        if ReferenceJSON.take("]", &rest) { return .array([]) }
        repeat {
            elements.append(try ReferenceJSON.value(&rest, depth: depth + 1))
        } while ReferenceJSON.take(",", &rest)
        guard ReferenceJSON.take("]", &rest) else { throw Fault() }
        return .array(elements)
    }

    private static func string(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> String {
        rest.removeFirst()
        var units: [UInt16] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(decoding: units, as: UTF16.self)
            case "\\":
                guard let escape = rest.popFirst() else { throw Fault() }
                let plain: [Unicode.Scalar: UInt16] = [
                    "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
                ]
                if let unit = plain[escape] {
                    units.append(unit)
                } else if escape == "u", rest.count >= 4,
                    rest.prefix(4).allSatisfy({ $0.properties.isASCIIHexDigit }),
                    let unit = UInt16(String(String.UnicodeScalarView(rest.prefix(4))), radix: 16)
                {
                    units.append(unit)
                    rest.removeFirst(4)
                } else {
                    throw Fault()
                }
            default:
                guard scalar.value >= 0x20 else { throw Fault() }
                units.append(contentsOf: String(scalar).utf16)
            }
        }
        throw Fault()
    }

    private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> String {
        var text = String.UnicodeScalarView()
        func digits() -> Int {
            var count = 0
            while let first = rest.first, ("0"..."9").contains(first) {
                text.append(first)
                rest.removeFirst()
                count += 1
            }
            return count
        }
        func optional(_ scalars: [Unicode.Scalar]) -> Bool {
            guard let first = rest.first, scalars.contains(first) else { return false }
            text.append(first)
            rest.removeFirst()
            return true
        }
        _ = optional(["-"])
        if !optional(["0"]) { guard digits() > 0 else { throw Fault() } }
        if optional(["."]) { guard digits() > 0 else { throw Fault() } }
        if optional(["e", "E"]) {
            _ = optional(["-", "+"])
            guard digits() > 0 else { throw Fault() }
        }
        return String(text)
    }
}
