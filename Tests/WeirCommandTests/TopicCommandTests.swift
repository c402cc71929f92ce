import EventLog
import GatewayClient
import LogFormat
import Testing

@testable import weir

@Suite("weir topic create, show, set, delete, reopen")
struct TopicCommandTests {
    @Test("a topic is made, shown, set and deleted")
    func life() async throws {
        try await GatewayFixture.run { gateway in
            let made = await gateway.weir(
                "topic",
                "create",
                "measured",
                "--partitions",
                "2",
                "--retention",
                "36h",
                "--retention-bytes",
                "10GiB",
                "--segment-bytes",
                "64MiB",
                "--segment-time",
                "30min",
                "--message-bytes",
                "2MiB",
                "--timestamp",
                "create"
            )
            #expect(made.status == 0, "\(made.error)")
            #expect(
                made.lines == [
                    "measured: open", "holds           0 records, 60 B in 1 segment", "retention       1 d 12 h",
                    "retention size  10.0 GiB", "segment         64.0 MiB or 30 min", "message         2.0 MiB at most",
                    "timestamp       create", "PARTITION  FIRST  NEXT  RECORDS", "        0      0     0        0",
                    "        1      0     0        0",
                ]
            )
            let settings = try #require(gateway.log.topic(named: "measured")).settings
            #expect(settings.retentionMilliseconds == 129_600_000 && settings.messageBytesMax == 2 << 20)

            let set = await gateway.weir("topic", "set", "measured", "--retention", "forever", "--json")
            #expect(set.status == 0, "\(set.error)")
            #expect(set.lines.count == 1 && set.output.contains(#""name":"measured""#))
            #expect(try #require(gateway.log.topic(named: "measured")).settings.retentionMilliseconds == nil)
            #expect(await gateway.weir("topic", "show", "measured").lines.contains("retention       forever"))

            let twice = await gateway.weir("topic", "create", "measured")
            #expect(twice.status == 1 && twice.error.contains("exists already"), "\(twice.error)")
            #expect(await gateway.weir("topic", "reopen", "measured").status == 0)
            let deleted = await gateway.weir("topic", "delete", "measured", "--json")
            #expect(deleted.status == 0 && deleted.output == "{\"deleted\":\"measured\"}\n")
            let gone = await gateway.weir("topic", "show", "measured")
            #expect(gone.status == 1 && gone.error.contains("there is no topic “measured”"), "\(gone.error)")
        }
    }

    @Test(
        "wrong use is told with the value and what was expected",
        arguments: [
            (["topic", "create", "t", "--partitions", "33"], "--partitions is 33, expected 1 to 32"),
            (["topic", "create", "t", "--retention", "7"], "--retention"),
            (["topic", "set", "t"], "say what to set"), (["topic", "set", "t", "--segment-bytes", "lots"], "lots"),
            (["topic", "set", "t", "--timestamp", "device"], "device"), (["topic", "delete"], "<name>"),
            (["import", "a.csv"], "--device"), (["import", "a.csv", "--device", "a b"], "--device is “a b”"),
            (["backup"], "<file>"), (["restore"], "<file>"),
        ]
    )
    func wrongUse(arguments: [String], words: String) async {
        let outcome = await GatewayFixture.weir(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.error.contains(words), "\(outcome.error)")
    }
}
