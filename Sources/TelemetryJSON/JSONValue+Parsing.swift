extension JSONValue {
    /// What happens to a number that is written as an integer and does not fit into 64 bits.
    package enum WideIntegers: Sendable {
        /// It becomes the nearest double.
        case asDoubles
        /// It is a fault.
        case refused
    }

    /// Objects and arrays in one another that are read when nothing else is said, and at most.
    package static let depthMax = JSONScanner.nestingMax

    /// Reads one JSON value (RFC 8259), with white space around it; linear in its length. Of members with the same name the
    /// last counts.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8. Memory: at most 64 bytes for each byte of input.
    ///   - depthMax: how many objects and arrays may stand in one another, at most ``depthMax``: 1 allows `{"a":1}`.
    ///   - wideIntegers: what happens to integers beyond 64 bits.
    /// - Throws: The first fault with its place.
    package init(
        parsing bytes: UnsafeBufferPointer<UInt8>,
        depthMax: Int = JSONValue.depthMax,
        wideIntegers: WideIntegers = .asDoubles
    ) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        let limits = Limits(depth: min(depthMax, JSONScanner.nestingMax), wideIntegers: wideIntegers)
        self = try scanner.readValue(depth: 0, limits: limits)
        try scanner.expectEnd()
    }

    /// Reads one JSON value from any bytes; see ``init(parsing:depthMax:wideIntegers:)-(UnsafeBufferPointer<UInt8>,_,_)``.
    package init(
        parsing bytes: some Sequence<UInt8>,
        depthMax: Int = JSONValue.depthMax,
        wideIntegers: WideIntegers = .asDoubles
    ) throws(JSONError) {
        func read(_ contiguous: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> {
            do throws(JSONError) {
                return .success(try JSONValue(parsing: contiguous, depthMax: depthMax, wideIntegers: wideIntegers))
            } catch {
                return .failure(error)
            }
        }
        if let result = bytes.withContiguousStorageIfAvailable(read) {
            self = try result.get()
        } else {
            self = try Array(bytes).withUnsafeBufferPointer(read).get()
        }
    }

    /// Reads one JSON value from text; see ``init(parsing:depthMax:wideIntegers:)-(UnsafeBufferPointer<UInt8>,_,_)``.
    package init(
        parsing text: String,
        depthMax: Int = JSONValue.depthMax,
        wideIntegers: WideIntegers = .asDoubles
    ) throws(JSONError) {
        try self.init(parsing: text.utf8, depthMax: depthMax, wideIntegers: wideIntegers)
    }

    /// What a reader allows.
    struct Limits {
        var depth: Int
        var wideIntegers: WideIntegers
    }
}

extension JSONScanner {
    /// Reads one value of any kind, which `depth` objects and arrays surround.
    fileprivate mutating func readValue(depth: Int, limits: JSONValue.Limits) throws(JSONError) -> JSONValue {
        let byte = try self.peekToken()
        switch byte {
        case UInt8(ascii: "{"):
            return .object(try self.readObject(depth: depth, limits: limits))
        case UInt8(ascii: "["):
            return .array(try self.readArray(depth: depth, limits: limits))
        case UInt8(ascii: "\""):
            return .string(try self.readString())
        case UInt8(ascii: "-"), 0x30...0x39:
            return try self.readNumberValue(wideIntegers: limits.wideIntegers)
        default:
            try self.skipScalar(startingWith: byte)
            return byte == UInt8(ascii: "n") ? .null : .bool(byte == UInt8(ascii: "t"))
        }
    }

    private mutating func readObject(depth: Int, limits: JSONValue.Limits) throws(JSONError) -> JSONObject {
        try self.enter(depth: depth, limit: limits.depth)
        var object = JSONObject()
        if try self.peekToken() == UInt8(ascii: "}") {
            self.position += 1
            return object
        }
        repeat {
            let quote = try self.peekToken()
            guard quote == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte(quote), at: self.position) }
            let name = try self.readString()
            try self.expect(UInt8(ascii: ":"))
            object.set(name, to: try self.readValue(depth: depth + 1, limits: limits))
        } while try self.continues(until: UInt8(ascii: "}"))
        return object
    }

    private mutating func readArray(depth: Int, limits: JSONValue.Limits) throws(JSONError) -> [JSONValue] {
        try self.enter(depth: depth, limit: limits.depth)
        var array: [JSONValue] = []
        if try self.peekToken() == UInt8(ascii: "]") {
            self.position += 1
            return array
        }
        repeat {
            array.append(try self.readValue(depth: depth + 1, limits: limits))
        } while try self.continues(until: UInt8(ascii: "]"))
        return array
    }

    private mutating func readString() throws(JSONError) -> String {
        let slice = try self.skipString()
        if !slice.hasEscapes {
            let content = UnsafeBufferPointer(start: self.base + slice.content.lowerBound, count: slice.content.count)
            return String(decoding: content, as: UTF8.self)
        }
        var content = [UInt8]()
        content.reserveCapacity(slice.content.count)
        self.unescape(slice, into: &content)
        return String(decoding: content, as: UTF8.self)
    }
}
