/// Which versions of which requests this broker says it speaks, and which it really serves.
///
/// The two differ on purpose: librdkafka 2.0 reads Produce min 3 as "no compression" and looks for JoinGroup v0 before
/// it forms groups. Source: contracts/kafka.md §2, every range there for a client that was seen.
package enum APIVersionTable {
    /// One line of the table.
    package struct Entry: Equatable, Sendable {
        /// The request.
        package var key: APIKey
        /// What ApiVersions answers.
        package var advertised: ClosedRange<Int16>
        /// The lowest version that is carried out; those advertised below it are answered 35.
        package var servedFrom: Int16
    }

    /// What to do with a request, by its header alone.
    package enum Verdict: Equatable, Sendable {
        /// Read the body and carry it out.
        case serve(APIKey)
        /// ApiVersions of a version we do not know: answer error 35 with the whole table, in the shape of version 0.
        case answerVersions
        /// A known request of a version that is not served: answer ``VersionRefusal``.
        case refuse(APIKey)
        /// A request that we do not know.
        case close
    }

    /// All lines, in the order of the wire numbers.
    package static let entries: [Entry] = APIKey.allCases.map { key in
        let advertised = APIVersionTable.advertised(key)
        let servedFrom: Int16 =
            switch key {
            case .produce: 3
            case .joinGroup: 2
            default: advertised.lowerBound
            }
        return Entry(key: key, advertised: advertised, servedFrom: servedFrom)
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

    /// Whether requests of this version have tags in their header and compact strings; of those we read one.
    package static func isFlexible(_ key: APIKey, version: Int16) -> Bool {
        key == .apiVersions && version == 3
    }

    /// What to do with a request that has this header.
    package static func verdict(_ header: RequestHeader) -> Verdict {
        guard let key = header.api else { return .close }
        let advertised = APIVersionTable.advertised(key)
        switch key {
        case .apiVersions where header.version > advertised.upperBound: return .answerVersions
        case .produce where header.version < 3: return .refuse(key)
        case .joinGroup where header.version < 2: return .refuse(key)
        default: return advertised.contains(header.version) ? .serve(key) : .refuse(key)
        }
    }
}
