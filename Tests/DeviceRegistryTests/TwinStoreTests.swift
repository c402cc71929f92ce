import DeviceRegistry
import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing
import TwinModel

@Suite("twins on SQLite, contract twins")
struct TwinStoreTests {
    @Test("a twin that nobody wrote is as its identity was made, and of an unknown identity there is none")
    func untouched() throws {
        let registry = try Registry()
        try registry.enter(.create, "dev1")
        let stored = try #require(try registry.store.twin(Registry.id("dev1")))
        #expect(stored.twin == Twin(createdAt: Registry.now))
        #expect(stored.identity == (try registry.store.identity(Registry.id("dev1"))))
        #expect(try registry.store.twin(Registry.id("dev2")) == nil)
        #expect(try registry.store.twin(Registry.id("dev1/m")) == nil)
    }

    @Test("writes of one batch follow each other, refused ones change nothing, and each done one is an event")
    func batch() throws {
        let registry = try Registry()
        try registry.enter(.create, "dev1")
        let dev1 = try Registry.id("dev1")
        let nobody = try Registry.id("nobody")
        let outcomes = try registry.store.apply([
            TwinWrite(
                .update(try Registry.patch(#"{"tags":{"a":1}}"#), ifMatch: .etag("AAAAAAAAAAE=")),
                of: dev1,
                author: "policy:p",
                at: Registry.now
            ),
            TwinWrite(
                .update(try Registry.patch(#"{"tags":{"a":2}}"#), ifMatch: .etag("AAAAAAAAAAE=")),
                of: dev1,
                author: "policy:p",
                at: Registry.now
            ),
            TwinWrite(
                .report(try .reported(parsing: #"{"r":1}"#.utf8), ifVersion: 1),
                of: dev1,
                author: "d",
                at: Registry.now
            ),
            TwinWrite(.model("dtmi:a;1"), of: dev1, author: "d", at: Registry.now),
            TwinWrite(
                .report(try .reported(parsing: #"{"r":1}"#.utf8), ifVersion: nil),
                of: nobody,
                author: "d",
                at: Registry.now
            ),
        ])
        #expect(outcomes.map { (try? $0.get()) != nil } == [true, false, true, true, false])
        guard case .failure(.refused(let stale)) = outcomes[1], case .failure(let unknown) = outcomes[4] else {
            Issue.record("not refused as expected: \(outcomes)")
            return
        }
        #expect(stale.code == .etagMismatch(current: "AAAAAAAAAAI=") && unknown == .notFound(nobody))
        let stored = try #require(try registry.store.twin(dev1))
        #expect(stored.twin.tags == ["a": 1] && stored.twin.reported.values == ["r": 1])
        #expect(stored.twin.modelID == "dtmi:a;1" && stored.twin.version == 4)
        let events = try registry.events().dropFirst()
        #expect(events.map(\.summary) == ["dev1 updateTwin", "dev1 updateTwin"])
        #expect(events.allSatisfy { $0.topic == "twin-changes" && $0.schema == "twinChangeNotification" })
    }

    @Test("random writes: what is stored is what the pure twin became, the index holds its tags, the events lead there")
    func randomWrites() throws {
        var random = SeededGenerator.announced()
        let registry = try Registry()
        let names = ["a", "b", "a/m"]
        var model: [String: Twin] = [:]
        for name in names {
            try registry.enter(.create, name)
            model[name] = Twin(createdAt: Registry.now)
        }
        for step in 0..<300 {
            let name = names[Int.random(in: 0..<names.count, using: &random)]
            let at = Registry.now + .milliseconds(step)
            let value = ["null", "1", "1.5", "true", "\"x\"", "{\"c\":2}", "{\"c\":null}", "[1]"].randomElement(
                using: &random
            )
            let member = "{\"\(["k", "l"].randomElement(using: &random) ?? "k")\":\(value ?? "1")}"
            var twin = try #require(model[name])
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                try registry.report(name, member, at: at)
                _ = try twin.report(try .reported(parsing: member.utf8), at: at)
            case 1:
                let body = "{\"tags\":\(member)}"
                try registry.update(name, body, at: at)
                _ = try twin.update(try Registry.patch(body), at: at)
            default:
                let body = "{\"tags\":\(member),\"properties\":{\"desired\":\(member)}}"
                try registry.update(name, body, at: at)
                _ = try twin.update(try Registry.patch(body), at: at)
            }
            model[name] = twin
        }
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        for name in names { #expect(try again.twin(Registry.id(name))?.twin == model[name]) }
        let expected = names.flatMap { name in Registry.tagLines(name, model[name]?.tags ?? [:]) }
        #expect(try registry.indexedTags() == expected.sorted())
        var replayed = names.reduce(into: [String: Twin]()) { $0[$1] = Twin(createdAt: Registry.now) }
        for event in try registry.events() where event.topic == "twin-changes" {
            let name = try #require(event.id).description
            try replayed[name]?.apply(try TwinRecord(parsing: event.value).change)
        }
        #expect(replayed == model)
    }

    @Test("pages of the whole registry have every identity once, in order, with its twin", arguments: [1, 2, 5, 100])
    func pages(limit: Int) throws {
        let registry = try Registry()
        for name in ["a", "a/m", "a/n", "a-1", "b", "b/m", "c"] {
            try registry.enter(.create, name, twin: "{\"tags\":{\"name\":\"\(name)\"}}")
        }
        var seen: [StoredTwin] = []
        while true {
            let page = try registry.store.twins(after: seen.last?.identity.id, limit: limit)
            #expect(page.count <= limit)
            if page.isEmpty { break }
            seen += page
        }
        #expect(seen.map(\.identity.id.description) == ["a", "a/m", "a/n", "a-1", "b", "b/m", "c"])
        #expect(seen.allSatisfy { $0.twin.tags["name"]?.string == $0.identity.id.description })
    }
}
