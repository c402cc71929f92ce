import KafkaProtocol
import NIOCore

/// A member of a group, as a consumer's library is one.
final class GroupClient: @unchecked Sendable {  // because a test uses each in one task at a time
    struct Joined: Equatable {
        var error: Int16
        var generation: Int32
        var leader: String
        var memberID: String
        var members: [String]
    }

    let client: KafkaClient
    let group: String
    var memberID = ""
    var generation: Int32 = -1

    init(_ client: KafkaClient, group: String) {
        self.client = client
        self.group = group
    }

    /// JoinGroup v5 until it is in; the first one only brings an id.
    func join(sessionTimeout: Int32 = 30_000) async throws -> Joined {
        var joined = try await self.joinOnce(sessionTimeout: sessionTimeout)
        if joined.error == 79 {
            self.memberID = joined.memberID
            joined = try await self.joinOnce(sessionTimeout: sessionTimeout)
        }
        self.memberID = joined.memberID
        self.generation = joined.generation
        return joined
    }

    private func joinOnce(sessionTimeout: Int32) async throws -> Joined {
        var body = ByteBuffer()
        body.writeText(self.group)
        body.writeInteger(sessionTimeout)
        body.writeInteger(Int32(10_000))
        body.writeText(self.memberID)
        body.writeText(nil)
        body.writeText("consumer")
        body.writeArray(["range"]) { body, name in
            body.writeText(name)
            body.writeInteger(Int32(2))
            body.writeString("me")
        }
        var answer = try await self.client.call(.joinGroup, 5, body)
        _ = answer.readInt32()
        let error = answer.readInt16()
        let generation = answer.readInt32()
        _ = answer.readText()
        let leader = answer.readText() ?? ""
        let memberID = answer.readText() ?? ""
        var members: [String] = []
        for _ in 0..<max(0, answer.readInt32()) {
            members.append(answer.readText() ?? "")
            _ = answer.readText()
            _ = answer.readBytesField()
        }
        return Joined(error: error, generation: generation, leader: leader, memberID: memberID, members: members)
    }

    /// SyncGroup v3; a leader gives each member its own name.
    func sync(_ members: [String] = []) async throws -> (error: Int16, assignment: String) {
        var body = ByteBuffer()
        body.writeText(self.group)
        body.writeInteger(self.generation)
        body.writeText(self.memberID)
        body.writeText(nil)
        body.writeArray(members) { body, member in
            body.writeText(member)
            body.writeInteger(Int32(member.utf8.count))
            body.writeString(member)
        }
        var answer = try await self.client.call(.syncGroup, 3, body)
        _ = answer.readInt32()
        return (answer.readInt16(), String(buffer: answer.readBytesField()))
    }

    /// Heartbeat v3.
    func heartbeat() async throws -> Int16 {
        var body = ByteBuffer()
        body.writeText(self.group)
        body.writeInteger(self.generation)
        body.writeText(self.memberID)
        body.writeText(nil)
        var answer = try await self.client.call(.heartbeat, 3, body)
        _ = answer.readInt32()
        return answer.readInt16()
    }

    /// LeaveGroup v1.
    func leave() async throws -> Int16 {
        var body = ByteBuffer()
        body.writeText(self.group)
        body.writeText(self.memberID)
        var answer = try await self.client.call(.leaveGroup, 1, body)
        _ = answer.readInt32()
        return answer.readInt16()
    }

    /// OffsetCommit v7 of one partition.
    func commit(_ topic: String, partition: Int32 = 0, _ offset: Int64, metadata: String? = "") async throws -> Int16 {
        var body = ByteBuffer()
        body.writeText(self.group)
        body.writeInteger(self.generation)
        body.writeText(self.memberID)
        body.writeText(nil)
        body.writeArray([topic]) { body, topic in
            body.writeText(topic)
            body.writeArray([partition]) { body, partition in
                body.writeInteger(partition)
                body.writeInteger(offset)
                body.writeInteger(Int32(-1))
                body.writeText(metadata)
            }
        }
        var answer = try await self.client.call(.offsetCommit, 7, body)
        _ = answer.readInt32()
        _ = answer.readInt32()
        _ = answer.readText()
        _ = answer.readInt32()
        _ = answer.readInt32()
        return answer.readInt16()
    }

    /// OffsetFetch v5 of one partition.
    func committed(_ topic: String, partition: Int32 = 0) async throws -> Int64 {
        var body = ByteBuffer()
        body.writeText(self.group)
        body.writeArray([topic]) { body, topic in
            body.writeText(topic)
            body.writeArray([partition]) { $0.writeInteger($1) }
        }
        var answer = try await self.client.call(.offsetFetch, 5, body)
        _ = answer.readInt32()
        _ = answer.readInt32()
        _ = answer.readText()
        _ = answer.readInt32()
        _ = answer.readInt32()
        return answer.readInt64()
    }
}
