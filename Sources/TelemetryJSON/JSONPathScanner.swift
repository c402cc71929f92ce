/// Reads only the values at given paths from a JSON text, without building the rest.
///
/// Linear in the text. Of a name that stands twice in an object the last counts when the whole text is read, and the first
/// when reading stops early.
package struct JSONPathScanner: Sendable {
    /// One name or element on the way to a path.
    private struct Node: Sendable {
        var names: [(utf8: [UInt8], node: Int)] = []
        var indices: [(index: Int, node: Int)] = []
        /// The path that ends here.
        var slot: Int?
    }

    /// What the last text holds at each path, in the order of the paths.
    package private(set) var matches: [JSONPathMatch]

    /// The tree of the paths; the first is the top.
    private var nodes: [Node] = [Node()]
    /// Which of ``matches`` a path has: several paths may be the same.
    private let slots: [Int]
    private let distinct: Int
    private let stopsWhenAllFound: Bool
    private var found = 0
    private var unescaped: [UInt8] = []

    /// A scanner for these paths.
    ///
    /// - Parameters:
    ///   - paths: What to read; the same path may come twice.
    ///   - stopsWhenAllFound: For texts known to be good, like those in a database: nothing behind the last value is read.
    package init(paths: [JSONPath], stopsWhenAllFound: Bool) {
        self.matches = Array(repeating: .missing, count: paths.count)
        self.stopsWhenAllFound = stopsWhenAllFound
        var nodes = [Node()]
        var slots: [Int] = []
        for (slot, path) in paths.enumerated() {
            var node = 0
            for step in path.steps { node = JSONPathScanner.child(of: node, at: step, in: &nodes) }
            let first = nodes[node].slot ?? slot
            nodes[node].slot = first
            slots.append(first)
        }
        self.nodes = nodes
        self.slots = slots
        self.distinct = nodes.count { $0.slot != nil }
    }

    /// Reads one text; ``matches`` stay until the next call.
    ///
    /// - Parameter text: One JSON value.
    /// - Throws: The first fault in what was read; then every path is missing.
    package mutating func scan(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        self.found = 0
        for slot in self.matches.indices { self.matches[slot] = .missing }
        do {
            var scanner = try JSONScanner(text)
            if try self.read(&scanner, node: 0, depth: 0) { try scanner.expectEnd() }
        } catch {
            for slot in self.matches.indices { self.matches[slot] = .missing }
            throw error
        }
        for (slot, first) in self.slots.enumerated() where slot != first { self.matches[slot] = self.matches[first] }
    }

    /// A found string without its escapes.
    ///
    /// - Parameters:
    ///   - range: From ``JSONPathMatch/string(_:hasEscapes:)``.
    ///   - hasEscapes: From the same.
    ///   - text: What was scanned.
    /// - Returns: The string.
    package static func string(
        _ range: Range<Int>,
        hasEscapes: Bool,
        in text: UnsafeBufferPointer<UInt8>
    ) -> String {
        guard hasEscapes, let scanner = try? JSONScanner(text) else {
            return String(decoding: UnsafeBufferPointer(rebasing: text[range]), as: UTF8.self)
        }
        var out = [UInt8]()
        out.reserveCapacity(range.count)
        scanner.unescape(JSONScanner.StringSlice(content: range, hasEscapes: true), into: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private static func child(of parent: Int, at step: JSONPath.Step, in nodes: inout [Node]) -> Int {
        switch step {
        case .name(let name):
            let utf8 = Array(name.utf8)
            if let known = nodes[parent].names.first(where: { $0.utf8 == utf8 }) { return known.node }
            nodes[parent].names.append((utf8, nodes.count))
        case .index(let index):
            if let known = nodes[parent].indices.first(where: { $0.index == index }) { return known.node }
            nodes[parent].indices.append((index, nodes.count))
        }
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Reads the value of a node; `false` when everything was found and reading stops.
    private mutating func read(_ scanner: inout JSONScanner, node: Int, depth: Int) throws(JSONError) -> Bool {
        let byte = try scanner.peekToken()
        let start = scanner.position
        let match: JSONPathMatch
        switch byte {
        case UInt8(ascii: "{") where !self.nodes[node].names.isEmpty:
            guard try self.readObject(&scanner, node: node, depth: depth) else { return false }
            match = .compound(start..<scanner.position)
        case UInt8(ascii: "[") where !self.nodes[node].indices.isEmpty:
            guard try self.readArray(&scanner, node: node, depth: depth) else { return false }
            match = .compound(start..<scanner.position)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try scanner.skipValue(depth: depth)
            match = .compound(start..<scanner.position)
        case UInt8(ascii: "\""):
            let slice = try scanner.skipString()
            match = .string(slice.content, hasEscapes: slice.hasEscapes)
        case UInt8(ascii: "-"), 0x30...0x39:
            match = try JSONPathScanner.number(&scanner)
        default:
            try scanner.skipScalar(startingWith: byte)
            match = byte == UInt8(ascii: "n") ? .null : .bool(byte == UInt8(ascii: "t"))
        }
        return self.set(match, at: node)
    }

    private mutating func set(_ match: JSONPathMatch, at node: Int) -> Bool {
        guard let slot = self.nodes[node].slot else { return true }
        if case .missing = self.matches[slot] { self.found += 1 }
        self.matches[slot] = match
        return !(self.stopsWhenAllFound && self.found == self.distinct)
    }

    private mutating func readObject(_ scanner: inout JSONScanner, node: Int, depth: Int) throws(JSONError) -> Bool {
        try scanner.enter(depth: depth)
        guard try scanner.peekToken() != UInt8(ascii: "}") else {
            scanner.position += 1
            return true
        }
        repeat {
            let quote = try scanner.peekToken()
            guard quote == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte(quote), at: scanner.position) }
            let name = try scanner.skipString()
            try scanner.expect(UInt8(ascii: ":"))
            if let child = self.child(of: node, named: name, in: scanner) {
                self.forget(child)
                guard try self.read(&scanner, node: child, depth: depth + 1) else { return false }
            } else {
                try scanner.skipValue(depth: depth + 1)
            }
        } while try scanner.continues(until: UInt8(ascii: "}"))
        return true
    }

    private mutating func readArray(_ scanner: inout JSONScanner, node: Int, depth: Int) throws(JSONError) -> Bool {
        try scanner.enter(depth: depth)
        guard try scanner.peekToken() != UInt8(ascii: "]") else {
            scanner.position += 1
            return true
        }
        var index = 0
        repeat {
            if let child = self.nodes[node].indices.first(where: { $0.index == index }) {
                guard try self.read(&scanner, node: child.node, depth: depth + 1) else { return false }
            } else {
                try scanner.skipValue(depth: depth + 1)
            }
            index += 1
        } while try scanner.continues(until: UInt8(ascii: "]"))
        return true
    }

    private mutating func child(
        of node: Int,
        named name: JSONScanner.StringSlice,
        in scanner: JSONScanner
    ) -> Int? {
        if name.hasEscapes {
            self.unescaped.removeAll(keepingCapacity: true)
            scanner.unescape(name, into: &self.unescaped)
            return self.nodes[node].names.first { $0.utf8 == self.unescaped }?.node
        }
        let count = name.content.count
        let start = scanner.base + name.content.lowerBound
        for index in self.nodes[node].names.indices {
            guard self.nodes[node].names[index].utf8.count == count else { continue }
            let isSame = self.nodes[node].names[index].utf8.withUnsafeBufferPointer { wanted in
                var position = 0
                while position < count, wanted[position] == start[position] { position += 1 }
                return position == count
            }
            if isSame { return self.nodes[node].names[index].node }
        }
        return nil
    }

    /// Takes back what an earlier member of the same name gave, for the last one counts.
    private mutating func forget(_ node: Int) {
        guard self.found > 0 else { return }
        if let slot = self.nodes[node].slot {
            if case .missing = self.matches[slot] {
                // As usual: the name has not stood in the object before.
            } else {
                self.matches[slot] = .missing
                self.found -= 1
            }
        }
        for index in self.nodes[node].names.indices { self.forget(self.nodes[node].names[index].node) }
        for index in self.nodes[node].indices.indices { self.forget(self.nodes[node].indices[index].node) }
    }

    private static func number(_ scanner: inout JSONScanner) throws(JSONError) -> JSONPathMatch {
        let start = scanner.position
        var position = start
        let isNegative = scanner.base[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var magnitude: Int64 = 0
        let digits = position
        while position < scanner.count, position - digits < 18 {
            let digit = scanner.base[position] &- 0x30
            guard digit <= 9 else { break }
            magnitude = magnitude * 10 + Int64(digit)
            position += 1
        }
        let isShort = position > digits && !(position - digits > 1 && scanner.base[digits] == 0x30)
        if isShort, position == scanner.count || !JSONPathScanner.continuesNumber(scanner.base[position]) {
            scanner.position = position
            return .integer(isNegative ? -magnitude : magnitude)
        }
        let value = try scanner.readNumber()
        let text = UnsafeBufferPointer(start: scanner.base + start, count: scanner.position - start)
        if let integer = Int64(String(decoding: text, as: UTF8.self)) { return .integer(integer) }
        guard let value else { throw JSONError(.invalidNumber, at: start) }
        return .number(value)
    }

    private static func continuesNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }
}
