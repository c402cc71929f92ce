import TelemetryModel
import TestSupport
import Testing

@testable import StreamSQL

@Suite("keys and their numbers")
struct KeyTableTests {
    @Test("a table of keys does what a dictionary does, through removals and snapshots")
    func model() throws {
        var generator = SeededGenerator.announced()
        var table = KeyTable()
        var model: [[UInt8]: Int] = [:]
        for step in 0..<5_000 {
            let key = Array("k\(Int.random(in: 0..<300, using: &generator))".utf8)
            #expect(table.number(of: key) == model[key])
            if let number = model[key] {
                if Bool.random(using: &generator) {
                    table.remove(number)
                    model[key] = nil
                }
            } else {
                model[key] = table.insert(key)
            }
            #expect(table.count == model.count)
            if step % 500 == 0 {
                var writer = StateWriter()
                table.snapshot(into: &writer)
                var reader = StateReader(writer.bytes)
                table = try KeyTable(restoring: &reader)
            }
        }
        #expect(Set(model.values).count == model.count)
    }

    @Test("a removed number is used again before a new one")
    func reuse() {
        var table = KeyTable()
        for key in ["a", "b", "c"] { _ = table.insert(Array(key.utf8)) }
        table.remove(1)
        table.remove(0)
        #expect(table.insert(Array("d".utf8)) == 0)
        #expect(table.insert(Array("e".utf8)) == 1)
        #expect(table.insert(Array("f".utf8)) == 3)
    }

    @Test("what is due comes by time, of one time by number")
    func due() {
        var generator = SeededGenerator.announced()
        var queue = DueQueue()
        var model: [DueQueue.Entry] = []
        for _ in 0..<2_000 {
            let entry = DueQueue.Entry(
                time: Int64.random(in: 0..<100, using: &generator),
                number: Int32.random(in: 0..<5, using: &generator)
            )
            queue.insert(entry.number, at: entry.time)
            model.append(entry)
            guard Bool.random(using: &generator) else { continue }
            let limit = Int64.random(in: 0..<100, using: &generator)
            model.sort { ($0.time, $0.number) < ($1.time, $1.number) }
            let expected = model.first.flatMap { $0.time < limit ? $0 : nil }
            if expected != nil { model.removeFirst() }
            #expect(queue.next(before: limit) == expected)
        }
    }
}
