import FleetQuery
import TelemetryJSON
import TestSupport
import Testing

@Suite("what holds for all queries")
struct QueryPropertyTests {
    @Test("a random query printed reads back as itself")
    func printing() throws {
        var random = RandomQuery(generator: .announced())
        for _ in 0..<2000 {
            let statement = random.statement()
            #expect(try QueryStatement(parsing: statement.description) == statement, "\(statement)")
            let target = QueryTarget(collection: .modules, condition: random.expression())
            #expect(try QueryTarget(parsing: target.description) == target, "\(target)")
        }
    }

    @Test("random bytes, and queries with random bytes in them, are read or refused")
    func anything() throws {
        var random = RandomQuery(generator: .announced())
        var refused = 0
        for round in 0..<4000 {
            var bytes = Array(random.statement().description.utf8)
            if round % 2 == 0 { bytes = Array(bytes.prefix(random.number(bytes.count + 1))) }
            for _ in 0..<random.number(4) where !bytes.isEmpty {
                let byte =
                    random.chance(50)
                    ? UInt8(random.number(256)) : Array("'\"[](){}.,*=<>!+-/%\\ \n0x".utf8)[random.number(24)]
                bytes[random.number(bytes.count)] = byte
            }
            do {
                let text = String(decoding: bytes, as: UTF8.self)
                let statement = try QueryStatement(parsing: text)
                #expect(try QueryStatement(parsing: statement.description) == statement)
            } catch {
                refused += 1
                let lines = String(decoding: bytes, as: UTF8.self).utf8.count { $0 == 0x0A } + 1
                #expect((1...lines).contains(error.line) && error.column >= 1 && !error.advice.isEmpty)
            }
        }
        #expect(refused > 100)
    }

    @Test("a compiled condition gives what the rules read straight off give")
    func interpreter() throws {
        var random = RandomQuery(generator: .announced())
        var counts: [QueryValue: Int] = [:]
        for _ in 0..<6000 {
            let expression = random.expression()
            guard SimpleInterpreter.reads(expression) else { continue }
            let document = random.document()
            var paths = QueryPaths()
            let value = CompiledCondition(expression, paths: &paths).value(on: JSONDocument(document))
            #expect(value == SimpleInterpreter.value(expression, on: document), "\(expression) on \(document)")
            counts[value, default: 0] += 1
        }
        #expect(counts[.bool(true)] ?? 0 > 20 && counts[.bool(false)] ?? 0 > 20 && counts[.none] ?? 0 > 20)
    }

    @Test("every document that matches is admitted by every hint")
    func hints() throws {
        var random = RandomQuery(generator: .announced())
        var matched = 0
        for _ in 0..<4000 {
            let parts = [
                random.expression(depth: 4), .isIn(.path(random.path()), random.list()), random.expression(depth: 3),
            ]
            let condition: QueryExpression = random.chance(70) ? .all(parts) : .any([.all(parts), parts[1]])
            let query = CompiledQuery(QueryStatement(condition: condition))
            for _ in 0..<4 {
                let document = JSONDocument(random.document())
                guard query.matches(document) else { continue }
                matched += query.hints.isEmpty ? 0 : 1
                for hint in query.hints {
                    let admits = CompiledQuery(QueryStatement(condition: .isIn(.path(hint.path), hint.values)))
                    #expect(admits.matches(document), "\(condition)")
                }
            }
        }
        #expect(matched > 20)
    }

    @Test("a document kept as text gives the same as the same document as a tree")
    func texts() throws {
        var random = RandomQuery(generator: .announced())
        for _ in 0..<3000 {
            let query = CompiledQuery(QueryStatement(condition: random.expression()))
            let value = random.document()
            guard let members = value.object else { continue }
            let names = ["a", "tags", "ü"]
            var text = TextDocument(paths: query.paths, prefixes: names.map { JSONPath(names: $0) })
            for _ in 0..<2 {
                text.removeAll()
                for (place, name) in names.enumerated() {
                    guard let section = members[name] else { continue }
                    try Array(section.description.utf8).withUnsafeBufferPointer { try text.read($0, below: place) }
                }
                for slot in text.otherSlots {
                    text.set(JSONDocument(value).value(at: query.paths[slot], slot: slot), slot: slot)
                }
                let expected = query.condition?.value(on: JSONDocument(value))
                #expect(query.condition?.value(on: text) == expected, "\(query.statement) on \(value)")
            }
        }
    }
}
