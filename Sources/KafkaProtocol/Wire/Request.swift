package import NIOCore

/// A request of any kind, read.
package enum Request: Equatable, Sendable {
    case produce(ProduceRequest)
    case fetch(FetchRequest)
    case listOffsets(ListOffsetsRequest)
    case metadata(MetadataRequest)
    case offsetCommit(OffsetCommitRequest)
    case offsetFetch(OffsetFetchRequest)
    case findCoordinator(FindCoordinatorRequest)
    case joinGroup(JoinGroupRequest)
    case heartbeat(HeartbeatRequest)
    case leaveGroup(LeaveGroupRequest)
    case syncGroup(SyncGroupRequest)
    case describeGroups(DescribeGroupsRequest)
    case listGroups(ListGroupsRequest)
    case saslHandshake(SaslHandshakeRequest)
    case apiVersions(ApiVersionsRequest)
    case createTopics(CreateTopicsRequest)
    case deleteTopics(DeleteTopicsRequest)
    case initProducerID(InitProducerIDRequest)
    case describeConfigs(DescribeConfigsRequest)
    case saslAuthenticate(SaslAuthenticateRequest)
    case createPartitions(CreatePartitionsRequest)
    case deleteGroups(DeleteGroupsRequest)

    /// Reads the body of a request from `buffer`, which stands behind the header, to its end; throws when it is not one
    /// of a version that ``APIVersionTable`` advertises.
    package init(_ key: APIKey, version: Int16, reading buffer: inout ByteBuffer) throws(KafkaWireError) {
        switch key {
        case .produce: self = .produce(try ProduceRequest(reading: &buffer, version: version))
        case .fetch: self = .fetch(try FetchRequest(reading: &buffer, version: version))
        case .listOffsets: self = .listOffsets(try ListOffsetsRequest(reading: &buffer, version: version))
        case .metadata: self = .metadata(try MetadataRequest(reading: &buffer, version: version))
        case .offsetCommit: self = .offsetCommit(try OffsetCommitRequest(reading: &buffer, version: version))
        case .offsetFetch: self = .offsetFetch(try OffsetFetchRequest(reading: &buffer, version: version))
        case .findCoordinator: self = .findCoordinator(try FindCoordinatorRequest(reading: &buffer, version: version))
        case .joinGroup: self = .joinGroup(try JoinGroupRequest(reading: &buffer, version: version))
        case .heartbeat: self = .heartbeat(try HeartbeatRequest(reading: &buffer, version: version))
        case .leaveGroup: self = .leaveGroup(try LeaveGroupRequest(reading: &buffer, version: version))
        case .syncGroup: self = .syncGroup(try SyncGroupRequest(reading: &buffer, version: version))
        case .describeGroups: self = .describeGroups(try DescribeGroupsRequest(reading: &buffer, version: version))
        case .listGroups: self = .listGroups(try ListGroupsRequest(reading: &buffer, version: version))
        case .saslHandshake: self = .saslHandshake(try SaslHandshakeRequest(reading: &buffer, version: version))
        case .apiVersions: self = .apiVersions(try ApiVersionsRequest(reading: &buffer, version: version))
        case .createTopics: self = .createTopics(try CreateTopicsRequest(reading: &buffer, version: version))
        case .deleteTopics: self = .deleteTopics(try DeleteTopicsRequest(reading: &buffer, version: version))
        case .initProducerID: self = .initProducerID(try InitProducerIDRequest(reading: &buffer, version: version))
        case .describeConfigs: self = .describeConfigs(try DescribeConfigsRequest(reading: &buffer, version: version))
        case .saslAuthenticate:
            self = .saslAuthenticate(try SaslAuthenticateRequest(reading: &buffer, version: version))
        case .createPartitions:
            self = .createPartitions(try CreatePartitionsRequest(reading: &buffer, version: version))
        case .deleteGroups: self = .deleteGroups(try DeleteGroupsRequest(reading: &buffer, version: version))
        }
    }
}
