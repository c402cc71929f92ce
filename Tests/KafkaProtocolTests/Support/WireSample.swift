import KafkaProtocol
import NIOCore

/// What the bytes of a ``WireVector`` say: the values of Vectors/make-wire.py, less the fields its version lacks.
struct WireSample {
    var request: Request
    var answer: any KafkaAnswer

    /// The sample of one version.
    init(_ key: APIKey, version: Int16) {
        self =
            switch key {
            case .produce: .produce(version)
            case .fetch: .fetch(version)
            case .listOffsets: .listOffsets(version)
            case .metadata: .metadata(version)
            case .offsetCommit: .offsetCommit(version)
            case .offsetFetch: .offsetFetch(version)
            case .findCoordinator: .findCoordinator(version)
            case .joinGroup: .joinGroup(version)
            case .heartbeat: .heartbeat(version)
            case .leaveGroup: .leaveGroup(version)
            case .syncGroup: .syncGroup(version)
            case .describeGroups: .describeGroups(version)
            case .listGroups: .listGroups
            case .saslHandshake: .saslHandshake
            case .apiVersions: .apiVersions(version)
            case .createTopics: .createTopics
            case .deleteTopics: .deleteTopics
            case .initProducerID: .initProducerID
            case .describeConfigs: .describeConfigs(version)
            case .saslAuthenticate: .saslAuthenticate
            case .createPartitions: .createPartitions
            case .deleteGroups: .deleteGroups
            }
    }

    init(_ request: Request, _ answer: any KafkaAnswer) {
        self.request = request
        self.answer = answer
    }
}
