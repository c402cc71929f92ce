/// A cursor over contiguous bytes that reads JSON (RFC 8259) token by token and never trusts them.
///
/// Checks everything: grammar, UTF-8 (Unicode 16 table 3-7), nesting. Lone surrogates in `\u` escapes are allowed, as the
/// grammar allows them; a byte order mark is not. Nothing in the bytes can trap.
///
/// The memory belongs to the caller and must outlive the scanner, which therefore stays inside this module.
struct JSONScanner {
    /// Deepest nesting of objects and arrays that is read.
    static let nestingMax = 64

    let base: UnsafePointer<UInt8>
    let count: Int
    /// Bytes read so far.
    var position = 0

    /// A scanner before the first byte; throws `unexpectedEnd` when there is none.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(.unexpectedEnd, at: 0) }
        self.base = base
        self.count = bytes.count
    }

    /// Whether the whole text is one number (RFC 8259 §6).
    static func isNumber(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { bytes in
            guard var scanner = try? JSONScanner(bytes), (try? scanner.skipNumber()) != nil else { return false }
            return scanner.position == scanner.count
        }
    }

    // MARK: Tokens

    @inline(__always)
    mutating func skipWhitespace() {
        while self.position < self.count {
            let byte = self.base[self.position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            self.position += 1
        }
    }

    /// The next byte that is not white space, not taken.
    @inline(__always)
    mutating func peekToken() throws(JSONError) -> UInt8 {
        self.skipWhitespace()
        guard self.position < self.count else { throw JSONError(.unexpectedEnd, at: self.position) }
        return self.base[self.position]
    }

    /// Takes the byte, which must come next after white space.
    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(JSONError) {
        let found = try self.peekToken()
        guard found == byte else { throw JSONError(.unexpectedByte(found), at: self.position) }
        self.position += 1
    }

    /// Takes `,` (true) or the closing bracket (false).
    @inline(__always)
    mutating func continues(until close: UInt8) throws(JSONError) -> Bool {
        let found = try self.peekToken()
        guard found == UInt8(ascii: ",") || found == close else {
            throw JSONError(.unexpectedByte(found), at: self.position)
        }
        self.position += 1
        return found != close
    }

    /// White space to the end; anything else is an error.
    mutating func expectEnd() throws(JSONError) {
        self.skipWhitespace()
        guard self.position == self.count else { throw JSONError(.trailingBytes, at: self.position) }
    }

    // MARK: Values

    /// Reads over one value of any kind, which `depth` objects and arrays surround.
    mutating func skipValue(depth: Int) throws(JSONError) {
        let byte = try self.peekToken()
        switch byte {
        case UInt8(ascii: "{"): try self.skipObject(depth: depth)
        case UInt8(ascii: "["): try self.skipArray(depth: depth)
        case UInt8(ascii: "\""): _ = try self.skipString()
        default: try self.skipScalar(startingWith: byte)
        }
    }

    /// Reads over a number, `true`, `false` or `null`.
    mutating func skipScalar(startingWith byte: UInt8) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "-"), 0x30...0x39: try self.skipNumber()
        case UInt8(ascii: "t"): try self.skipWord("true")
        case UInt8(ascii: "f"): try self.skipWord("false")
        case UInt8(ascii: "n"): try self.skipWord("null")
        default: throw JSONError(.unexpectedByte(byte), at: self.position)
        }
    }

    private mutating func skipObject(depth: Int) throws(JSONError) {
        try self.enter(depth: depth)
        if try self.peekToken() == UInt8(ascii: "}") {
            self.position += 1
            return
        }
        repeat {
            let quote = try self.peekToken()
            guard quote == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte(quote), at: self.position) }
            _ = try self.skipString()
            try self.expect(UInt8(ascii: ":"))
            try self.skipValue(depth: depth + 1)
        } while try self.continues(until: UInt8(ascii: "}"))
    }

    mutating func skipArray(depth: Int) throws(JSONError) {
        try self.enter(depth: depth)
        if try self.peekToken() == UInt8(ascii: "]") {
            self.position += 1
            return
        }
        repeat {
            try self.skipValue(depth: depth + 1)
        } while try self.continues(until: UInt8(ascii: "]"))
    }

    /// Takes an opening bracket, if the nesting allows one more.
    @inline(__always)
    mutating func enter(depth: Int, limit: Int = JSONScanner.nestingMax) throws(JSONError) {
        guard depth < limit else { throw JSONError(.nestingTooDeep(limit: limit), at: self.position) }
        self.position += 1
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard self.position < self.count else { throw JSONError(.unexpectedEnd, at: self.position) }
            let byte = self.base[self.position]
            guard byte == word.utf8Start[index] else { throw JSONError(.unexpectedByte(byte), at: self.position) }
            self.position += 1
        }
    }
}
