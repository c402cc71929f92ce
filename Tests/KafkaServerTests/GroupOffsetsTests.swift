import EventLog
import FoundationEssentials
import KafkaProtocol
import KafkaServer
import Logging
import NIOCore
import NIOPosix
import ServerTestSupport
import TestSupport
import Testing

@Suite("offsets of groups, and topics and files that go, contract kafka §8", .timeLimit(.minutes(1)))
struct GroupOffsetsTests {
    /// What operators' programs do over HTTP.
    private func onFileThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    @Test("a topic that is deleted takes its offsets along before that is answered", arguments: [false, true])
    func deletedTopic(isOverHTTP: Bool) async throws {
        try await TestKafka.run { kafka in
            let owner = try await kafka.client(as: "owner")
            let outside = GroupClient(try await kafka.client(as: "owner"), group: "g")
            #expect(try await owner.createTopic("t") == 0)
            #expect(try await outside.commit("t", 5) == 0)
            let offsets = try #require(kafka.log.topic(named: "_offsets"))
            let before = offsets.endOffsets[0]
            if isOverHTTP {
                try await self.onFileThread { try kafka.log.deleteTopic("t") }
            } else {
                #expect(try await owner.deleteTopic("t") == 0)
            }
            #expect(offsets.endOffsets[0] == before + 1)
            #expect(try await owner.createTopic("t") == 0)
            #expect(try await outside.committed("t") == -1)
        }
    }

    @Test("a topic whose deletion the groups did not hear of keeps no offsets over a start")
    func unheardDeletion() async throws {
        let directory = try TestKafka.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await TestKafka.run(in: directory) { kafka in
            let outside = GroupClient(try await kafka.client(as: "owner"), group: "g")
            #expect(try await outside.client.createTopic("t") == 0)
            #expect(try await outside.commit("t", 5) == 0)
            #expect(try await outside.commit("telemetry", 6) == 0)
        }
        try await self.onFileThread {
            let log = try EventLog(
                configuration: EventLog.Configuration(directory: "\(directory)/log"),
                logger: Logger(label: "log") { _ in SwiftLogNoOpLogHandler() }
            )
            try log.deleteTopic("t")
            log.close()
        }
        for _ in 0..<2 {
            try await TestKafka.run(in: directory) { kafka in
                let outside = GroupClient(try await kafka.client(as: "owner"), group: "g")
                if kafka.log.topic(named: "t") == nil { #expect(try await outside.client.createTopic("t") == 0) }
                #expect(try await outside.committed("t") == -1)
                #expect(try await outside.committed("telemetry") == 6)
            }
        }
    }

    @Test("a group whose deletion could not be stored does not come back with the next start")
    func refusedDeletion() async throws {
        let directory = try TestKafka.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await TestKafka.run(in: directory) { kafka in
            let outside = GroupClient(try await kafka.client(as: "owner"), group: "g")
            let other = GroupClient(try await kafka.client(as: "owner"), group: "other")
            #expect(try await outside.commit("telemetry", 5) == 0)
            kafka.files.failSyncs(errno: 5)
            #expect(try await other.commit("telemetry", 1) == 16)
            var body = ByteBuffer()
            body.writeArray(["g"]) { $0.writeText($1) }
            var gone = try await outside.client.call(.deleteGroups, 1, body)
            _ = gone.readBytes(length: 8)
            _ = gone.readText()
            #expect(gone.readInt16() == 56)
            #expect(try await outside.committed("telemetry") == -1)
            kafka.files.releaseSyncs()
            let offsets = try #require(kafka.log.topic(named: "_offsets"))
            let before = offsets.endOffsets[0]
            try await self.onFileThread { try kafka.log.reopenTopic("_offsets") }
            try await eventually { offsets.endOffsets[0] > before }
        }
        try await TestKafka.run(in: directory) { kafka in
            let outside = GroupClient(try await kafka.client(as: "owner"), group: "g")
            #expect(try await outside.committed("telemetry") == -1)
        }
    }

    @Test("while _offsets is damaged groups are answered 15, all else goes on, and nothing of it is changed")
    func damagedOffsets() async throws {
        let directory = try TestKafka.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await TestKafka.run(in: directory) { kafka in
            let outside = GroupClient(try await kafka.client(as: "owner"), group: "g")
            #expect(try await outside.commit("telemetry", 5) == 0)
            #expect(kafka.server.faults.isEmpty)
        }
        let meta = URL(filePath: "\(directory)/log/_offsets/topic.meta")
        let whole = try Data(contentsOf: meta)
        try Data([1]).write(to: meta)
        try await TestKafka.run([.set(\.offsetsRetryPause, .milliseconds(10))], in: directory) { kafka in
            let client = try await kafka.client(as: "owner")
            let member = GroupClient(client, group: "g")
            var body = ByteBuffer()
            body.writeText("g")
            body.writeInteger(Int8(0))
            var coordinator = try await client.call(.findCoordinator, 1, body)
            _ = coordinator.readInt32()
            #expect(coordinator.readInt16() == 15)
            #expect(try await member.join().error == 15)
            #expect(try await member.commit("telemetry", 6) == 15)
            #expect(try await client.produce("telemetry", .batch(["a"])).error == 0)
            #expect(try await client.fetch("telemetry", from: 0).values == ["a"])
            #expect(try await client.createTopic("t") == 0)
            #expect(try await client.deleteTopic("t") == 0)
            let fault = try #require(kafka.server.faults.first)
            #expect(fault.contains("_offsets is damaged"))
            #expect(fault.contains("weir topic reopen _offsets"))
            #expect(try Data(contentsOf: meta) == Data([1]))

            try whole.write(to: meta)
            try await self.onFileThread { try kafka.log.reopenTopic("_offsets") }
            try await eventually { kafka.server.faults.isEmpty }
            #expect(try await member.committed("telemetry") == 5)
            #expect(try await member.commit("telemetry", 6) == 0)
        }
    }
}
