import DeviceRegistry
import GatewayAPI
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
        return APIConfiguration(
            http: self.http.map { APIConfiguration.Listener(host: $0.host, port: $0.port) },
            https: self.https.map { APIConfiguration.Listener(host: $0.host, port: $0.port) },
            hubNames: self.hubNames,
            version: Version.current,
            isObservationAnonymous: self.metricsAnonymous
        )
    }

    func streams(in folder: DataFolder) -> StreamConfiguration {
        var configuration = StreamConfiguration(checkpointDirectory: folder.file("streams"))
        configuration.checkpointInterval = self.streamsCheckpoint
        return configuration
    }
}
