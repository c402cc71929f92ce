import FleetQuery
import TestSupport
import Testing

@Suite("the token for a query's next page")
struct QueryContinuationTests {
    private static func query(_ text: String = "SELECT * FROM devices WHERE tags.a = 1") throws -> CompiledQuery {
        CompiledQuery(try QueryStatement(parsing: text))
    }

    @Test(
        "a token reads back, with any id, as one line",
        arguments: ["", "d-1", "d-1/m", "a:b#c?d%\n\"ü", String(repeating: "x", count: 300)]
    )
    func roundTrip(id: String) throws {
        let query = try QueryContinuationTests.query()
        let position = QueryContinuation(lastID: id, rowsGiven: 1_000_000)
        let token = position.token(of: query)
        #expect(token.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        #expect(try QueryContinuation(token: token, of: query) == position)
    }

    @Test("the same query in another spelling takes the token")
    func spelling() throws {
        let token = QueryContinuation(lastID: "a", rowsGiven: 1).token(of: try QueryContinuationTests.query())
        let same = try QueryContinuationTests.query("select * from devices\n where c.tags.a  =  (1)")
        #expect(try QueryContinuation(token: token, of: same).lastID == "a")
    }

    @Test("a token is the same after every restart")
    func stable() throws {
        let token = QueryContinuation(lastID: "d-1", rowsGiven: 2).token(of: try QueryContinuationTests.query())
        #expect(token == "01630f42b730a43f4b0000000000000002642d31b03aa4c45d782121")
    }

    @Test("another query refuses the token")
    func otherQuery() throws {
        let token = QueryContinuation(lastID: "a", rowsGiven: 1).token(of: try QueryContinuationTests.query())
        let other = try QueryContinuationTests.query("SELECT * FROM devices WHERE tags.a = 2")
        #expect(throws: QueryTokenError.otherQuery) { try QueryContinuation(token: token, of: other) }
    }

    @Test("a token that is cut, longer, changed in one character or not ours is refused")
    func tampered() throws {
        let query = try QueryContinuationTests.query()
        let token = QueryContinuation(lastID: "d-1", rowsGiven: 1).token(of: query)
        var texts = [
            "", "0", "zz", "abc", token + "00", token.uppercased(), " " + token, String(repeating: "00", count: 5000),
        ]
        texts += (0..<token.count).map { String(token.prefix($0)) }
        for place in token.indices {
            for other in "0123456789abcdef" where other != token[place] {
                var changed = token
                changed.replaceSubrange(place...place, with: String(other))
                texts.append(changed)
            }
        }
        for text in texts {
            #expect(throws: QueryTokenError.malformed) { try QueryContinuation(token: text, of: query) }
        }
    }

    @Test("random texts are refused")
    func random() throws {
        var generator = SeededGenerator.announced()
        let query = try QueryContinuationTests.query()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            #expect(throws: QueryTokenError.malformed) {
                try QueryContinuation(token: String(decoding: bytes, as: UTF8.self), of: query)
            }
        }
    }
}
