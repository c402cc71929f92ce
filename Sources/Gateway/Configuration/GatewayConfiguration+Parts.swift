import DeviceRegistry
import GatewayAPI
import KafkaServer
import LogFormat
import MQTTProtocol
import MQTTServer
import StreamEngine

/// What each part of the gateway is told of the configuration.
extension GatewayConfiguration {
    var mqttServer: MQTTServer.Configuration {
        var configuration = MQTTServer.Configuration(
            tcp: self.mqtt.map { MQTTServer.Listener(host: $0.host, port: $0.port) },
            tls: self.mqttTLS.map { MQTTServer.Listener(host: $0.host, port: $0.port) }
        )
        configuration.connectionsMax = self.connectionsMax
        configuration.limits.connectTimeout = self.connectTimeout
        // One and a half times Keep Alive. [MQTT-3.1.2-22]
        configuration.limits.silenceMax = self.keepAliveMax * 3 / 2
        configuration.packetSizeMax = self.packetSizeMaxBytes
        configuration.admission.rate = Double(self.connectRatePerSecondMax)
        configuration.admission.burst = self.connectBurstMax
        configuration.receiveMaximum = UInt16(clamping: self.inflightMax)
        configuration.topicAliasMax = UInt16(clamping: self.topicAliasMax)
        configuration.unreadBytesMax = self.bufferedMaxBytes
        return configuration
    }

    var broker: Broker.Configuration {
        var configuration = Broker.Configuration()
        configuration.sessionsMax = self.sessionsMax
        configuration.sessionsPerPrincipalMax = self.sessionsPerIdentityMax
        configuration.subscriptionsMax = self.subscriptionsMax
        configuration.sessionExpirySecondsMax = UInt32(clamping: self.sessionExpiryMaxSeconds)
        configuration.sessionQueueMax = self.sessionQueueMax
        configuration.retainedMax = self.retainedMessagesMax
        configuration.retainedBytesMax = self.retainedMaxBytes
        configuration.inboundQoS2Max = self.inflightMax
        configuration.bufferedBytesMax = self.bufferedMaxBytes
        return configuration
    }

    var authentication: RegistryAuthenticator.Settings {
        let topics = TopicGrants(publish: self.anonymousPublish, subscribe: self.anonymousSubscribe)
        return RegistryAuthenticator.Settings(
            anonymousTopics: topics.isEmpty ? nil : topics,
            limits: RateLimits(
                messagesPerSecond: self.messagesPerSecondMax,
                bytesPerSecond: self.bytesPerSecondMax,
                connectsPerMinute: self.connectsPerMinuteMax
            )
        )
    }

    /// `nil` when neither listener is on.
    var api: APIConfiguration? {
        guard self.http != nil || self.https != nil else { return nil }
        var configuration = APIConfiguration(
            http: self.http.map { APIConfiguration.Listener(host: $0.host, port: $0.port) },
            https: self.https.map { APIConfiguration.Listener(host: $0.host, port: $0.port) },
            hubNames: self.hubNames,
            version: Version.current,
            isObservationAnonymous: self.metricsAnonymous
        )
        configuration.requestsPerSecondMax = self.requestsPerSecondMax
        return configuration
    }

    /// Settings of a topic that is made without any.
    var topicSettings: TopicSettings {
        TopicSettings(
            retentionMilliseconds: self.logRetention.map { $0.components.seconds * 1_000 },
            segmentBytesMax: self.segmentSizeMaxBytes
        )
    }

    /// `nil` when neither listener is on.
    func kafkaServer(in folder: DataFolder, systemTopics: [String]) -> KafkaServer.Configuration? {
        guard self.kafka.plain != nil || self.kafka.tls != nil else { return nil }
        var configuration = KafkaServer.Configuration(
            stateDirectory: folder.file("kafka"),
            tcp: self.kafka.plain.map { KafkaServer.Listener($0, advertised: self.kafka.advertised) },
            tls: self.kafka.tls.map { KafkaServer.Listener($0, advertised: self.kafka.tlsAdvertised) }
        )
        configuration.authentication = self.kafka.isAuthenticated ? .sasl : .none
        configuration.hostNames = self.hubNames
        configuration.systemTopics = Set(systemTopics)
        configuration.isTopicCreatedByMetadata = self.kafka.createsTopicsOnDemand
        configuration.partitionsDefault = self.logPartitions
        configuration.topicSettingsDefault = self.topicSettings
        configuration.connectionsMax = self.kafka.connectionsMax
        configuration.requestBytesMax = self.kafka.requestSizeMaxBytes
        configuration.requestBytesInAllMax = max(configuration.requestBytesInAllMax, self.kafka.requestSizeMaxBytes)
        configuration.groupsMax = self.kafka.groupsMax
        configuration.offsetsRetention = self.kafka.offsetsRetention
        return configuration
    }

    func streams(in folder: DataFolder) -> StreamConfiguration {
        var configuration = StreamConfiguration(checkpointDirectory: folder.file("streams"))
        configuration.checkpointInterval = self.streamsCheckpoint
        return configuration
    }
}

extension KafkaServer.Listener {
    /// A listener of the configuration, with what its clients are told.
    init(_ listener: GatewayConfiguration.Listener, advertised: String?) {
        let told = advertised.flatMap { KafkaSettings.hostAndPort($0) }
        self.init(host: listener.host, port: listener.port, advertisedHost: told?.host, advertisedPort: told?.port)
    }
}
