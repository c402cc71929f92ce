package import NIOCore

/// The answer to a request of a version that is not served: error 35 in the shape of the request's version where that
/// is below ours, else in that of version 0. Source: contracts/kafka.md §2.
///
/// Where the error of a version 0 stands only with each topic or group, which cannot be read, the answer is empty.
package enum VersionRefusal {
    /// The body; `nil` when the client awaits no answer: Produce with acks 0.
    ///
    /// Throws when a Produce of version 0 to 2 cannot be read: then close.
    package static func answer(
        to key: APIKey,
        version: Int16,
        body: ByteBuffer
    ) throws(KafkaWireError) -> ByteBuffer? {
        var answer = ByteBuffer()
        let error = KafkaError.unsupportedVersion
        switch key {
        case .produce where (0...2).contains(version):
            var body = body
            let request = try ProduceRequest(reading: &body, version: version)
            guard request.acks != 0 else { return nil }
            ProduceAnswer(refusing: request, with: error).write(to: &answer, version: version)
        case .apiVersions:
            ApiVersionsAnswer(error: error).write(to: &answer, version: 0)
        case .findCoordinator:
            FindCoordinatorAnswer(error: error).write(to: &answer, version: 0)
        case .joinGroup:
            JoinGroupAnswer(error: error, memberID: "").write(to: &answer, version: 0)
        case .heartbeat:
            HeartbeatAnswer(error: error).write(to: &answer, version: 0)
        case .leaveGroup:
            LeaveGroupAnswer(error: error, members: []).write(to: &answer, version: 0)
        case .syncGroup:
            SyncGroupAnswer(error: error).write(to: &answer, version: 0)
        case .listGroups:
            ListGroupsAnswer(error: error, groups: []).write(to: &answer, version: 0)
        case .saslHandshake:
            SaslHandshakeAnswer(error: error, mechanisms: []).write(to: &answer, version: 0)
        case .saslAuthenticate:
            SaslAuthenticateAnswer(error: error).write(to: &answer, version: 0)
        case .initProducerID:
            InitProducerIDAnswer(error: error).write(to: &answer, version: 0)
        case .produce, .fetch, .listOffsets, .offsetCommit, .offsetFetch, .describeGroups, .createTopics,
            .deleteTopics:
            answer.writeInteger(Int32(0))  // an empty array, and in version 0 nothing else
        case .metadata:
            answer.writeInteger(Int32(0))  // brokers
            answer.writeInteger(Int32(0))  // topics
        case .describeConfigs, .createPartitions, .deleteGroups:
            answer.writeThrottle()
            answer.writeInteger(Int32(0))
        }
        return answer
    }
}
