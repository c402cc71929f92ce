import HubProtocol
import HummingbirdCore
import TelemetryModel
import Testing

@testable import GatewayAPI

@Suite("Which records a client wants")
struct RecordQueryTests {
    private static func parse(_ query: String) throws -> RecordQuery {
        try RecordQuery(QueryParameters(URI("/topics/t/records?\(query)"), allowing: RecordQuery.parameters))
    }

    private static func expected(_ change: (inout RecordQuery) -> Void) -> RecordQuery {
        var query = RecordQuery()
        change(&query)
        return query
    }

    @Test("parameters say where reading begins and ends")
    func accepted() throws {
        let cases: [(String, (inout RecordQuery) -> Void)] = [
            ("", { _ in }),
            ("from=earliest", { _ in }),
            ("from=end", { $0.from = .end }),
            ("from=0", { $0.from = .offset(0) }),
            ("from=9223372036854775807", { $0.from = .offset(.max) }),
            ("from=2026-11-21T04:33:00.123Z", { $0.from = .time(Timestamp(milliseconds: 1_795_235_580_123)) }),
            ("from=2026-11-21T04%3A33%3A00%2B01%3A00", { $0.from = .time(Timestamp(milliseconds: 1_795_231_980_000)) }),
            ("from=2026-11-21T04:33:00+01:00", { $0.from = .time(Timestamp(milliseconds: 1_795_231_980_000)) }),
            ("to=7&api-version=2021-04-12", { $0.to = .offset(7) }),
            ("to=end", { $0.to = .end }),
            ("device=a%3Ab%23c", { $0.device = IdentityID(device: "a:b#c") }),
            ("device=d/m", { $0.device = IdentityID(device: "d", module: "m") }),
            ("max=0", { $0.max = 0 }),
            ("partition=31", { $0.partition = 31 }),
            ("follow=true", { $0.isFollowing = true }),
            ("follow=false", { _ in }),
        ]
        for (query, change) in cases {
            #expect(try Self.parse(query) == Self.expected(change), "\(query)")
        }
    }

    @Test(
        "anything else is refused with words about the parameter",
        arguments: [
            ("from=", "from"), ("from=-1", "from"), ("from=yesterday", "yesterday"),
            ("from=9223372036854775808", "from"),
            ("to=2026-13-01", "to"), ("device=a%20b", "device"), ("device=", "device"), ("max=-1", "max"),
            ("max=1.5", "max"), ("partition=32", "partition"), ("follow=yes", "follow"),
            ("form=1", "did you mean “from”"),
            ("from=1&from=2", "twice"), ("from=%zz", "percent-encoded"), ("device=%FF", "percent-encoded"),
            ("follow=true&to=end", "never"),
        ]
    )
    func refused(query: String, words: String) {
        do throws(HubError) {
            _ = try RecordQuery(QueryParameters(URI("/t?\(query)"), allowing: RecordQuery.parameters))
            Issue.record("\(query) was taken")
        } catch {
            #expect(error.code == .argumentInvalid)
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test(
        "a device's records are its own and its modules', a module's only its own",
        arguments: [
            (nil, "anything", true), ("d", "d", true), ("d", "d/m", true), ("d", "d2", false), ("d", "", false),
            ("d", "c", false), ("d/m", "d/m", true), ("d/m", "d", false), ("d/m", "d/m2", false),
            ("d/m", "d/m/", false),
        ] as [(String?, String, Bool)]
    )
    func device(wanted: String?, key: String, isWanted: Bool) {
        var query = RecordQuery()
        query.device = wanted.flatMap { IdentityID($0) }
        #expect(query.wants(key: Array(key.utf8)) == isWanted)
    }

    @Test("the range holds its beginning and not its end")
    func range() {
        let query = { (from: RecordQuery.Edge, to: RecordQuery.Edge?) in
            Self.expected {
                $0.from = from
                $0.to = to
            }
        }
        let time = { Timestamp(milliseconds: $0) }
        #expect(!query(.offset(5), nil).wants(offset: 4, time: time(0)))
        #expect(query(.offset(5), nil).wants(offset: 5, time: time(0)))
        #expect(query(.earliest, .offset(5)).wants(offset: 4, time: time(0)))
        #expect(!query(.earliest, .offset(5)).wants(offset: 5, time: time(0)))
        #expect(!query(.time(time(5)), nil).wants(offset: 0, time: time(4)))
        #expect(query(.time(time(5)), nil).wants(offset: 0, time: time(5)))
        #expect(query(.earliest, .time(time(5))).wants(offset: 0, time: time(4)))
        #expect(!query(.earliest, .time(time(5))).wants(offset: 0, time: time(5)))
    }
}
