import TelemetryJSON
import Testing

@Suite("JSON as its scalars with their paths")
struct JSONLeafScannerTests {
    private struct Leaf: Equatable {
        var kind: JSONLeaf.Kind
        var path: String
        var lastName: String
        var text: String
    }

    private func leaves(_ text: String, leavesMax: Int = 100, documentsMax: Int = 100) throws -> [[Leaf]] {
        var scanner = JSONLeafScanner(leavesMax: leavesMax, documentsMax: documentsMax)
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { payload in
            try scanner.scan(payload)
            return scanner.documents.map { document in
                scanner.leaves[document].map { leaf in
                    Leaf(
                        kind: leaf.kind,
                        path: String(decoding: scanner.paths[leaf.path], as: UTF8.self),
                        lastName: String(decoding: scanner.paths[leaf.lastName..<leaf.path.upperBound], as: UTF8.self),
                        text: String(decoding: scanner.text(of: leaf, in: payload), as: UTF8.self)
                    )
                }
            }
        }
    }

    @Test("every scalar has its path, its last name and its own text")
    func paths() throws {
        let leaves = try self.leaves(#" {"a":1.50,"b":{"c":[true,{"d":"x\ty"}]},"e":null} "#)
        #expect(
            leaves == [
                [
                    Leaf(kind: .number, path: "a", lastName: "a", text: "1.50"),
                    Leaf(kind: .boolean, path: "b.c.0", lastName: "0", text: "true"),
                    Leaf(kind: .string, path: "b.c.1.d", lastName: "d", text: "x\ty"),
                    Leaf(kind: .null, path: "e", lastName: "e", text: "null"),
                ]
            ]
        )
    }

    @Test("an array of objects is a document each; an empty one is none")
    func documents() throws {
        #expect(try self.leaves(#"[{"a":1},{},{"b":2}]"#).map(\.count) == [1, 0, 1])
        #expect(try self.leaves("[]").isEmpty)
    }

    @Test(
        "other JSON, and what is no JSON, has no leaves",
        arguments: [
            ("1", JSONError.Code.notTelemetry, 0), ("[1]", .notTelemetry, 1), (#"[{"a":1},2]"#, .notTelemetry, 9),
            (#"{"a":1}x"#, .trailingBytes, 7), ("", .unexpectedEnd, 0), (#"{"a":1,}"#, .unexpectedByte(0x7D), 7),
            (#"{"a" 1}"#, .unexpectedByte(0x31), 5), (#"{"a":tru}"#, .unexpectedByte(0x7D), 8),
            ("{a:1}", .unexpectedByte(0x61), 1),
        ]
    )
    func faults(text: String, code: JSONError.Code, offset: Int) {
        #expect(throws: JSONError(code, at: offset)) { try self.leaves(text) }
    }

    @Test("scalars and objects have a limit, both sides")
    func limits() throws {
        #expect(try self.leaves(#"{"a":1,"b":2}"#, leavesMax: 2).first?.count == 2)
        #expect(throws: JSONError(.tooMany(limit: 2), at: 17)) {
            try self.leaves(#"{"a":1,"b":2,"c":3}"#, leavesMax: 2)
        }
        #expect(try self.leaves("[{},{}]", documentsMax: 2).count == 2)
        #expect(throws: JSONError(.tooMany(limit: 2), at: 7)) { try self.leaves("[{},{},{}]", documentsMax: 2) }
    }

    @Test("a path longer than 256 bytes is left out and counted", arguments: [256, 257])
    func longPath(length: Int) throws {
        var scanner = JSONLeafScanner(leavesMax: 10, documentsMax: 1)
        let text = #"{"\#(String(repeating: "p", count: length))":1}"#
        try Array(text.utf8).withUnsafeBufferPointer { try scanner.scan($0) }
        #expect(scanner.leaves.count == (length == 256 ? 1 : 0))
        #expect(scanner.leftOut == (length == 256 ? 0 : 1))
    }
}
