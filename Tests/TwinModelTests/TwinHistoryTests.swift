import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing
import TwinModel

@Suite("a twin's history from its records, forwards and backwards")
struct TwinHistoryTests {
    /// A life of random writes: every state with the record that led to it, the first one without.
    private struct Life {
        var states: [Twin]
        var records: [[UInt8]]
    }

    private func life(of count: Int, using random: inout SeededGenerator) throws -> Life {
        let id = try #require(IdentityID(device: "dev1"))
        var twin = Twin(createdAt: Sample.time(0))
        var life = Life(states: [twin], records: [])
        for step in 1...Int64(count) {
            let tags = Bool.random(using: &random) ? SectionPatch.random(using: &random) : nil
            let desired = Bool.random(using: &random) ? SectionPatch.random(using: &random) : nil
            let patch = TwinPatch(tags: tags, desired: desired)
            let time = Sample.time(step * 10)
            let change =
                switch Int.random(in: 0..<5, using: &random) {
                case 0, 1: try twin.report(SectionPatch.random(using: &random), at: time)
                case 2: try twin.replace(patch, at: time)
                default: try twin.update(patch, at: time)
                }
            guard let change else { continue }
            life.states.append(twin)
            life.records.append(TwinRecord(author: "a", change: change).value(of: id, after: twin))
        }
        return life
    }

    @Test("records applied in order make every state again, and taken back in reverse order too")
    func bothWays() throws {
        var random = SeededGenerator.announced("bothWays")
        for _ in 0..<100 {
            let life = try self.life(of: 30, using: &random)
            let changes = try life.records.map { try TwinRecord(parsing: $0).change }
            var twin = life.states[0]
            for (change, state) in zip(changes, life.states.dropFirst()) {
                try twin.apply(change)
                #expect(twin == state)
                // What is stored is the same, too, but for the order of members after a way back.
                #expect(twin.desired.stored == state.desired.stored)
            }
            for (change, state) in zip(changes, life.states).reversed() {
                try twin.takeBack(change)
                #expect(twin == state)
            }
        }
    }

    @Test("a twin is led back to any time and to any version of its life")
    func rewind() throws {
        var random = SeededGenerator.announced("rewind")
        let life = try self.life(of: 40, using: &random)
        let changes = try life.records.map { try TwinRecord(parsing: $0).change }
        let current = try #require(life.states.last)
        for milliseconds in stride(from: Int64(0), through: 405, by: 5) {
            var twin = current
            try twin.rewind(to: Sample.time(milliseconds), through: changes.reversed())
            let passed = changes.filter { $0.at <= Sample.time(milliseconds) }.count
            #expect(twin == life.states[passed])
        }
        for state in life.states {
            var twin = current
            try twin.rewind(toVersion: state.version, through: changes.reversed())
            #expect(twin == state)
        }
    }

    @Test("a missing, doubled or foreign record is a gap, not a wrong twin")
    func gaps() throws {
        var random = SeededGenerator.announced("gaps")
        let life = try self.life(of: 20, using: &random)
        let changes = try life.records.map { try TwinRecord(parsing: $0).change }
        var forwards = life.states[1]
        let before = forwards
        let expected = TwinHistoryError.notNext(found: changes[2].before, expected: forwards.versions)
        #expect(throws: expected) { try forwards.apply(changes[2]) }
        #expect(throws: TwinHistoryError.self) { try forwards.apply(changes[0]) }
        #expect(throws: TwinHistoryError.self) { try forwards.takeBack(changes[1]) }
        #expect(forwards == before)
        var backwards = try #require(life.states.last)
        let end = changes.count
        try backwards.takeBack(changes[end - 1])
        #expect(throws: TwinHistoryError.self) { try backwards.takeBack(changes[end - 3]) }
        #expect(throws: TwinHistoryError.notReached(version: 2, oldest: 3)) {
            var twin = life.states[3]
            try twin.rewind(toVersion: 2, through: [changes[2], changes[1]])
        }
        #expect(
            TwinHistoryError.notReached(version: 2, oldest: 3).description
                == "version 2 is not in the records any more: they reach back to version 3"
        )
    }

    @Test("a record whose stamps end too early is damaged and changes nothing")
    func damaged() throws {
        var twin = try Sample.twin(desired: #"{"a":{"b":1}}"#)
        var change = try #require(try twin.update(Sample.desired(#"{"a":null}"#), at: Sample.time(1)))
        change.desired?.previousStamps.removeLast()
        let before = twin
        #expect(throws: TwinHistoryError.damaged(version: 3)) { try twin.takeBack(change) }
        #expect(twin == before)
    }

    @Test("damaged records are refused or applied, never trapped on")
    func fuzz() throws {
        var random = SeededGenerator.announced("fuzz")
        let life = try self.life(of: 60, using: &random)
        let alphabet = Array(#"{}[]",:0123456789an"#.utf8)
        for _ in 0..<5_000 {
            let place = Int.random(in: life.records.indices, using: &random)
            var bytes = life.records[place]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] =
                    alphabet[Int.random(in: alphabet.indices, using: &random)]
            }
            guard let change = try? TwinRecord(parsing: bytes).change else { continue }
            var before = life.states[place]
            try? before.apply(change)
            var after = life.states[place + 1]
            try? after.takeBack(change)
            _ = (before.desired.stored, after.desired.stored)
        }
    }
}
