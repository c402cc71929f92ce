/// Reads any JSON object, or an array of objects, as the scalars in it with their paths: `{"bus":{"u":5}}` is `bus.u` = `5`.
///
/// - Linear in the payload: a path is copied for a leaf only while it is at most ``pathLengthMax`` long.
/// - The whole text is checked before anything can be used: after an error ``documents`` is empty.
/// - Nesting deeper than 64 levels is a fault, more than `leavesMax` scalars too.
///
/// Memory: at most ``pathLengthMax`` + 64 bytes for each of `leavesMax` scalars, and the payload's own names once.
package struct JSONLeafScanner: Sendable {
    /// Longest path of a leaf in UTF-8 bytes; longer ones are left out and counted in ``leftOut``.
    package static let pathLengthMax = 256

    /// The objects of the last payload, in order: each one's scalars in ``leaves``.
    package private(set) var documents: [Range<Int>] = []
    /// The scalars of all objects, in order.
    package private(set) var leaves: [JSONLeaf] = []
    /// The leaves' paths.
    package private(set) var paths: [UInt8] = []
    /// Scalars whose path was too long.
    package private(set) var leftOut = 0

    /// The path of what is being read, each name followed by a dot.
    private var path: [UInt8] = []
    private let leavesMax: Int
    private let documentsMax: Int

    /// A scanner with these limits for one payload.
    package init(leavesMax: Int, documentsMax: Int) {
        self.leavesMax = leavesMax
        self.documentsMax = documentsMax
    }

    /// Reads one payload; the results stay until the next call.
    ///
    /// - Parameter payload: an object, or an array of objects.
    /// - Throws: The first fault in the bytes, `notTelemetry` when they are another kind of JSON, or a limit.
    package mutating func scan(_ payload: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        self.removeAll()
        do {
            var scanner = try JSONScanner(payload)
            try self.scanTop(&scanner)
            try scanner.expectEnd()
        } catch {
            self.removeAll()
            throw error
        }
    }

    /// A leaf's text without escapes.
    ///
    /// - Parameters:
    ///   - leaf: one of ``leaves``.
    ///   - payload: what was scanned.
    /// - Returns: UTF-8.
    package func text(of leaf: JSONLeaf, in payload: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard leaf.hasEscapes, let scanner = try? JSONScanner(payload) else { return Array(payload[leaf.text]) }
        var out = [UInt8]()
        out.reserveCapacity(leaf.text.count)
        scanner.unescape(JSONScanner.StringSlice(content: leaf.text, hasEscapes: true), into: &out)
        return out
    }

    private mutating func removeAll() {
        self.documents.removeAll(keepingCapacity: true)
        self.leaves.removeAll(keepingCapacity: true)
        self.paths.removeAll(keepingCapacity: true)
        self.path.removeAll(keepingCapacity: true)
        self.leftOut = 0
    }

    private mutating func scanTop(_ scanner: inout JSONScanner) throws(JSONError) {
        switch try scanner.peekToken() {
        case UInt8(ascii: "{"):
            try self.scanDocument(&scanner, depth: 0)
        case UInt8(ascii: "["):
            try scanner.enter(depth: 0)
            guard try scanner.peekToken() != UInt8(ascii: "]") else {
                scanner.position += 1
                return
            }
            repeat {
                guard try scanner.peekToken() == UInt8(ascii: "{") else {
                    throw JSONError(.notTelemetry, at: scanner.position)
                }
                try self.scanDocument(&scanner, depth: 1)
            } while try scanner.continues(until: UInt8(ascii: "]"))
        default:
            let start = scanner.position
            try scanner.skipValue(depth: 0)
            throw JSONError(.notTelemetry, at: start)
        }
    }

    private mutating func scanDocument(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) {
        guard self.documents.count < self.documentsMax else {
            throw JSONError(.tooMany(limit: self.documentsMax), at: scanner.position)
        }
        let first = self.leaves.count
        try self.scanObject(&scanner, depth: depth)
        self.documents.append(first..<self.leaves.count)
    }

    private mutating func scanObject(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) {
        try scanner.enter(depth: depth)
        guard try scanner.peekToken() != UInt8(ascii: "}") else {
            scanner.position += 1
            return
        }
        repeat {
            let quote = try scanner.peekToken()
            guard quote == UInt8(ascii: "\"") else {
                throw JSONError(.unexpectedByte(quote), at: scanner.position)
            }
            let name = try scanner.skipString()
            try scanner.expect(UInt8(ascii: ":"))
            let start = self.path.count
            scanner.unescape(name, into: &self.path)
            try self.scanValue(&scanner, lastName: start, depth: depth + 1)
            self.path.removeSubrange(start...)
        } while try scanner.continues(until: UInt8(ascii: "}"))
    }

    private mutating func scanArray(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) {
        try scanner.enter(depth: depth)
        guard try scanner.peekToken() != UInt8(ascii: "]") else {
            scanner.position += 1
            return
        }
        var index = 0
        repeat {
            let start = self.path.count
            self.path.append(contentsOf: String(index).utf8)
            try self.scanValue(&scanner, lastName: start, depth: depth + 1)
            self.path.removeSubrange(start...)
            index += 1
        } while try scanner.continues(until: UInt8(ascii: "]"))
    }

    /// Reads one value; `path` ends with its name, which begins at `lastName`.
    private mutating func scanValue(_ scanner: inout JSONScanner, lastName: Int, depth: Int) throws(JSONError) {
        let byte = try scanner.peekToken()
        switch byte {
        case UInt8(ascii: "{"):
            self.path.append(UInt8(ascii: "."))
            try self.scanObject(&scanner, depth: depth)
        case UInt8(ascii: "["):
            self.path.append(UInt8(ascii: "."))
            try self.scanArray(&scanner, depth: depth)
        case UInt8(ascii: "\""):
            let slice = try scanner.skipString()
            try self.append(.string, text: slice.content, hasEscapes: slice.hasEscapes, lastName: lastName)
        default:
            let start = scanner.position
            try scanner.skipScalar(startingWith: byte)
            let kind: JSONLeaf.Kind =
                switch byte {
                case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
                case UInt8(ascii: "n"): .null
                default: .number
                }
            try self.append(kind, text: start..<scanner.position, hasEscapes: false, lastName: lastName)
        }
    }

    private mutating func append(
        _ kind: JSONLeaf.Kind,
        text: Range<Int>,
        hasEscapes: Bool,
        lastName: Int
    ) throws(JSONError) {
        guard self.path.count <= JSONLeafScanner.pathLengthMax else {
            self.leftOut += 1
            return
        }
        guard self.leaves.count < self.leavesMax else {
            throw JSONError(.tooMany(limit: self.leavesMax), at: text.lowerBound)
        }
        let start = self.paths.count
        self.paths.append(contentsOf: self.path)
        self.leaves.append(
            JSONLeaf(
                kind: kind,
                path: start..<self.paths.count,
                lastName: start + lastName,
                text: text,
                hasEscapes: hasEscapes
            )
        )
    }
}
