package import NIOCore

/// The answer to a request of a version that is advertised but not served, or not known: error 35.
///
/// A Produce of version 0 to 2 is read, and the error stands with each of its partitions. Everything else is answered
/// unread in the shape of version 0; where that has no place for an error but at a topic or group, it is empty.
/// Source: contracts/kafka.md §2.
package struct VersionRefusal: KafkaAnswer {
    private let key: APIKey
    private let produce: ProduceRequest?

    /// A refusal of the request whose body is given; `nil` when the client awaits no answer: Produce with acks 0.
    ///
    /// Throws when a Produce of version 0 to 2 cannot be read.
    package init?(of key: APIKey, version: Int16, reading body: inout ByteBuffer) throws(KafkaWireError) {
        self.key = key
        guard key == .produce, (0...2).contains(version) else {
            self.produce = nil
            return
        }
        let request = try ProduceRequest(reading: &body, version: version)
        guard request.acks != 0 else { return nil }
        self.produce = request
    }

    /// Writes the body; `version` is the request's.
    package func write(to buffer: inout ByteBuffer, version: Int16) {
        let error = KafkaError.unsupportedVersion
        switch self.key {
        case .apiVersions: ApiVersionsAnswer(error: error).write(to: &buffer, version: 0)
        case .findCoordinator: FindCoordinatorAnswer(error: error).write(to: &buffer, version: 0)
        case .joinGroup: JoinGroupAnswer(error: error, memberID: "").write(to: &buffer, version: 0)
        case .heartbeat: HeartbeatAnswer(error: error).write(to: &buffer, version: 0)
        case .leaveGroup: LeaveGroupAnswer(error: error, members: []).write(to: &buffer, version: 0)
        case .syncGroup: SyncGroupAnswer(error: error).write(to: &buffer, version: 0)
        case .listGroups: ListGroupsAnswer(error: error, groups: []).write(to: &buffer, version: 0)
        case .saslHandshake: SaslHandshakeAnswer(error: error, mechanisms: []).write(to: &buffer, version: 0)
        case .saslAuthenticate: SaslAuthenticateAnswer(error: error).write(to: &buffer, version: 0)
        case .initProducerID: InitProducerIDAnswer(error: error).write(to: &buffer, version: 0)
        case .produce:
            let answer = self.produce.map { ProduceAnswer(refusing: $0, with: error) } ?? ProduceAnswer(topics: [])
            answer.write(to: &buffer, version: self.produce == nil ? 0 : version)
        case .fetch, .listOffsets, .offsetCommit, .offsetFetch, .describeGroups, .createTopics, .deleteTopics:
            buffer.writeInteger(Int32(0))  // an empty array, and in version 0 nothing else
        case .metadata:
            buffer.writeInteger(Int32(0))  // brokers
            buffer.writeInteger(Int32(0))  // topics
        case .describeConfigs, .createPartitions, .deleteGroups:
            buffer.writeThrottle()
            buffer.writeInteger(Int32(0))
        }
    }
}
