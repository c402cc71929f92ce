/// Which versions of which requests this broker says it speaks, and which it really serves.
///
/// The two differ on purpose: librdkafka 2.0 reads Produce min 3 as "no compression" and looks for JoinGroup v0 before
/// it forms groups. Source: contracts/kafka.md §2, every range there for a client that was seen.
package enum APIVersionTable {
    /// What to do with a request, by its header alone.
    package enum Verdict: Equatable, Sendable {
        /// Read the body and carry it out.
        case serve(APIKey)
        /// ApiVersions of a version we do not know: answer ``ApiVersionsAnswer`` with error 35, written as version 0.
        case answerVersions
        /// A known request of a version that is not served: answer ``VersionRefusal``.
        case refuse(APIKey)
        /// A request that we do not know.
        case close
    }

    /// The versions that ApiVersions answers for `key`.
    package static func advertised(_ key: APIKey) -> ClosedRange<Int16> {
        switch key {
        case .produce: 0...8
        case .fetch: 4...11
        case .listOffsets: 1...5
        case .metadata: 0...8
        case .offsetCommit: 2...7
        case .offsetFetch: 1...5
        case .findCoordinator: 0...2
        case .joinGroup: 0...5
        case .heartbeat: 0...3
        case .leaveGroup: 0...3
        case .syncGroup: 0...3
        case .describeGroups: 0...4
        case .listGroups: 0...2
        case .saslHandshake: 0...1
        case .apiVersions: 0...3
        case .createTopics: 2...4
        case .deleteTopics: 1...3
        case .initProducerID: 0...1
        case .describeConfigs: 1...3
        case .saslAuthenticate: 0...1
        case .createPartitions: 0...1
        case .deleteGroups: 0...1
        }
    }

    /// The versions that are carried out; those advertised below them are answered 35.
    package static func served(_ key: APIKey) -> ClosedRange<Int16> {
        let advertised = APIVersionTable.advertised(key)
        return switch key {
        case .produce: 3...advertised.upperBound
        case .joinGroup: 2...advertised.upperBound
        default: advertised
        }
    }

    /// Whether requests of this version have tags in their header and compact strings; of those we read one.
    package static func isFlexible(_ key: APIKey, version: Int16) -> Bool {
        key == .apiVersions && version == 3
    }

    /// What to do with a request that has this header.
    package static func verdict(_ header: RequestHeader) -> Verdict {
        guard let key = header.api else { return .close }
        if APIVersionTable.served(key).contains(header.version) { return .serve(key) }
        return key == .apiVersions ? .answerVersions : .refuse(key)
    }
}
