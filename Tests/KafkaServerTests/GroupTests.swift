import EventLog
import FoundationEssentials
import KafkaProtocol
import KafkaServer
import NIOCore
import ServerTestSupport
import TestSupport
import Testing

@Suite("groups and their offsets, contract kafka §8", .timeLimit(.minutes(1)))
struct GroupTests {
    @Test("two members share a group; when one leaves the other has to join again")
    func sharing() async throws {
        try await TestKafka.run { kafka in
            let first = GroupClient(try await kafka.client(as: "reader"), group: "g")
            let alone = try await first.join()
            #expect(alone.error == 0 && alone.generation == 1 && alone.leader == first.memberID)
            #expect(try await first.sync([first.memberID]) == (0, first.memberID))
            #expect(try await first.heartbeat() == 0)

            let second = GroupClient(try await kafka.client(as: "reader"), group: "g")
            async let joining = second.join()
            try await eventually { try await first.heartbeat() == 27 }
            let again = try await first.join()
            let joined = try await joining
            #expect(again.generation == 2 && joined.generation == 2)
            #expect(again.leader == joined.leader)
            #expect(again.members.count + joined.members.count == 2)
            let members = again.members + joined.members
            async let waiting = second.sync(joined.members.isEmpty ? [] : members)
            #expect(try await first.sync(again.members.isEmpty ? [] : members) == (0, first.memberID))
            #expect(try await waiting == (0, second.memberID))

            #expect(try await second.leave() == 0)
            #expect(try await first.heartbeat() == 27)
            let last = try await first.join()
            #expect(last.generation == 3 && last.members == [first.memberID])
            try await eventually { kafka.metrics.value("groups") == 1 }
        }
    }

    @Test("a member whose connection ends while it joins keeps nobody waiting")
    func goneWhileJoining() async throws {
        try await TestKafka.run { kafka in
            let first = GroupClient(try await kafka.client(as: "reader"), group: "g")
            _ = try await first.join()
            #expect(try await first.sync([first.memberID]).error == 0)
            let gone = GroupClient(try await kafka.client(as: "reader"), group: "g")
            let joining = Task { try await gone.join() }
            try await eventually { try await first.heartbeat() == 27 }
            await gone.client.close()
            _ = await joining.result
            // Before the server has seen it the member is there as any other.
            try await eventually { kafka.server.connectionCount == 1 }
            let joined = try await first.join()
            #expect(joined.members == [first.memberID])
        }
    }

    @Test("a commit is durable before it is answered, is read back, and is there after a restart")
    func commits() async throws {
        let directory = try TestKafka.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await TestKafka.run(in: directory) { kafka in
            let member = GroupClient(try await kafka.client(as: "reader"), group: "g")
            #expect(try await member.committed("telemetry") == -1)
            _ = try await member.join()
            #expect(try await member.sync([member.memberID]).error == 0)
            for offset in 1...100 as ClosedRange<Int64> { #expect(try await member.commit("telemetry", offset) == 0) }
            #expect(try await member.committed("telemetry") == 100)
            #expect(try await member.commit("unknown", 1) == 3)
            #expect(try await member.commit("telemetry", partition: 9, 1) == 3)
            member.generation += 1
            #expect(try await member.commit("telemetry", 1) == 22)
        }
        try await TestKafka.run(in: directory) { kafka in
            let outside = GroupClient(try await kafka.client(as: "reader"), group: "g")
            #expect(try await outside.committed("telemetry") == 100)
            // With generation -1 while the group is empty, as tools do.
            #expect(try await outside.commit("telemetry", 7) == 0)
            #expect(try await outside.committed("telemetry") == 7)
        }
    }

    @Test("an offset whose fdatasync failed is answered 16, after which clients ask again, and is not shown")
    func failedCommit() async throws {
        try await TestKafka.run { kafka in
            let outside = GroupClient(try await kafka.client(as: "reader"), group: "g")
            #expect(try await outside.commit("telemetry", 1) == 0)
            kafka.files.failSyncs(errno: 5)
            #expect(try await outside.commit("telemetry", 2) == 16)
            kafka.files.releaseSyncs()
            #expect(try await outside.commit("telemetry", 3) == 16)
            #expect(try await outside.committed("telemetry") == 1)
        }
    }

    @Test("the offsets topic stays short: what is still so is written again and the rest removed")
    func rewritten() async throws {
        let directory = try TestKafka.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let metadata = String(repeating: "m", count: 4_000)
        try await TestKafka.run([.set(\.offsetsSegmentBytesMax, 1 << 20)], in: directory) { kafka in
            let outside = GroupClient(try await kafka.client(as: "reader"), group: "g")
            let other = GroupClient(try await kafka.client(as: "reader"), group: "other")
            #expect(try await other.commit("telemetry", partition: 3, 42) == 0)
            let topic = try #require(kafka.log.topic(named: "_offsets"))
            var offset: Int64 = 0
            let first = topic.segmentSummaries.first?.number
            while topic.segmentSummaries.first?.number == first, offset < 6_000 {
                offset += 1
                #expect(try await outside.commit("telemetry", offset, metadata: metadata) == 0)
            }
            try await eventually { topic.segmentSummaries.count <= 4 }
            #expect(try await outside.committed("telemetry") == offset)
            #expect(offset < 6_000)
        }
        try await TestKafka.run(in: directory) { kafka in
            let other = GroupClient(try await kafka.client(as: "reader"), group: "other")
            #expect(try await other.committed("telemetry", partition: 3) == 42)
        }
    }

    @Test("groups are listed, described and deleted, each once however often it is named")
    func administration() async throws {
        try await TestKafka.run { kafka in
            let member = GroupClient(try await kafka.client(as: "owner"), group: "g")
            _ = try await member.join()
            #expect(try await member.sync([member.memberID]).error == 0)
            var listed = try await member.client.call(.listGroups, 2)
            _ = listed.readInt32()
            #expect(listed.readInt16() == 0)
            #expect(listed.readInt32() == 1)
            #expect(listed.readText() == "g")
            #expect(listed.readText() == "consumer")

            var body = ByteBuffer()
            body.writeArray(["g"]) { $0.writeText($1) }
            var names = body
            names.writeInteger(UInt8(0))
            var described = try await member.client.call(.describeGroups, 4, names)
            _ = described.readInt32()
            _ = described.readInt32()
            #expect(described.readInt16() == 0)
            #expect(described.readText() == "g")
            #expect(described.readText() == "Stable")

            // 50 KB of names must not become gigabytes of answer.
            var repeated = ByteBuffer()
            repeated.writeArray(Array(repeating: "g", count: 50_000)) { $0.writeText($1) }
            repeated.writeInteger(UInt8(0))
            let once = try await member.client.call(.describeGroups, 4, repeated)
            #expect(once.getInteger(at: once.readerIndex + 4, as: Int32.self) == 1)

            var kept = try await member.client.call(.deleteGroups, 1, body)
            _ = kept.readBytes(length: 8)
            _ = kept.readText()
            #expect(kept.readInt16() == 68)
            #expect(try await member.leave() == 0)
            var gone = try await member.client.call(.deleteGroups, 1, body)
            _ = gone.readBytes(length: 8)
            _ = gone.readText()
            #expect(gone.readInt16() == 0)
            try await eventually { kafka.metrics.value("groups") == 0 }
        }
    }

    @Test("a connection that is limited to one topic is not shown the offsets of others")
    func limited() async throws {
        try await TestKafka.run { kafka in
            let owner = try await kafka.client(as: "owner")
            #expect(try await owner.createTopic("t") == 0)
            let outside = GroupClient(owner, group: "g")
            #expect(try await outside.commit("t", 5) == 0)
            #expect(try await outside.commit("telemetry", 7) == 0)
            let client = try await kafka.client()
            let text = "Endpoint=sb://x/;SharedAccessKeyName=reader;SharedAccessKey=secret;EntityPath=t"
            #expect(try await client.login("$ConnectionString", text) == 0)

            var named = ByteBuffer()
            named.writeText("g")
            named.writeArray(["t", "telemetry", "_offsets"]) { body, topic in
                body.writeText(topic)
                body.writeArray([Int32(0)]) { $0.writeInteger($1) }
            }
            let shown = Self.offsets(try await client.call(.offsetFetch, 5, named))
            #expect(shown == ["t 5 0", "telemetry -1 29", "_offsets -1 3"])
            var all = ByteBuffer()
            all.writeText("g")
            all.writeInteger(Int32(-1))
            #expect(Self.offsets(try await client.call(.offsetFetch, 5, all)) == ["t 5 0"])
            #expect(Self.offsets(try await owner.call(.offsetFetch, 5, all)).sorted() == ["t 5 0", "telemetry 7 0"])
        }
    }

    /// Topic, offset and error of each topic's only partition.
    private static func offsets(_ answer: ByteBuffer) -> [String] {
        var answer = answer
        _ = answer.readInt32()
        var offsets: [String] = []
        for _ in 0..<max(0, answer.readInt32()) {
            let topic = answer.readText() ?? ""
            _ = answer.readInt32()
            _ = answer.readInt32()
            let offset = answer.readInt64()
            _ = answer.readInt32()
            _ = answer.readText()
            offsets.append("\(topic) \(offset) \(answer.readInt16())")
        }
        return offsets
    }

    @Test("who may not read may not join", arguments: ["writer"])
    func permission(user: String) async throws {
        try await TestKafka.run { kafka in
            let member = GroupClient(try await kafka.client(as: user), group: "g")
            #expect(try await member.join().error == 30)
            #expect(try await member.commit("telemetry", 1) == 30)
        }
    }
}
