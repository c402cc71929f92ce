import Configuration
import HubProtocol
import TelemetryModel

/// Puts the layers together: `--set`, environment, file, default; the first that names a key wins.
///
/// Every layer is checked against ``ConfigurationKey/all``: an unknown key, or a value out of range, is a fault and
/// nothing starts.
package struct ConfigurationReader: Sendable {
    private struct Layer: Sendable {
        var reader: ConfigReader
        var origin: @Sendable (ConfigurationKey) -> String
    }

    private let layers: [Layer]
    private let faults: [ConfigurationFault]

    /// The layers of one start.
    ///
    /// - Parameters:
    ///   - assignments: what `--set` gave, `key=value` each.
    ///   - environment: the process's variables.
    ///   - file: the configuration file, `nil` for none.
    package init(assignments: [String], environment: [String: String], file: ConfigurationFile?) {
        var faults = [ConfigurationFault]()
        var flags = [String: String]()
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
                faults.append(
                    ConfigurationFault(origin: "--set", key: nil, value: assignment, expected: "key=value")
                )
                continue
            }
            let key = String(assignment[..<equals])
            flags[key] = String(assignment[assignment.index(after: equals)...])
            if let fault = ConfigurationReader.unknown(key, origin: "--set") { faults.append(fault) }
        }
        for name in environment.keys.sorted() {
            if let fault = ConfigurationReader.unknownVariable(name) { faults.append(fault) }
        }
        for (key, entry) in (file?.entries ?? [:]).sorted(by: { $0.value.line < $1.value.line }) {
            let origin = "\(file?.path ?? "") line \(entry.line)"
            if let fault = ConfigurationReader.unknown(key, origin: origin) { faults.append(fault) }
        }
        self.faults = faults
        let weirVariables = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "weir")
        self.layers = [
            Layer(reader: ConfigurationReader.reader(flags)) { _ in "--set" },
            Layer(reader: ConfigReader(provider: weirVariables)) { "environment variable \($0.environmentName)" },
            Layer(reader: ConfigurationReader.reader(file?.entries.mapValues(\.value) ?? [:])) {
                "\(file?.path ?? "") line \(file?.entries[$0.name]?.line ?? 0)"
            },
        ]
    }

    /// The settings, or every fault found.
    ///
    /// - Parameter hostName: this machine's name, the default of `hub.names` together with `localhost`.
    /// - Returns: settings that were all checked.
    /// - Throws: `ConfigurationFaults`, every one found.
    package func configuration(hostName: String) throws(ConfigurationFaults) -> GatewayConfiguration {
        var faults = self.faults
        var values = [String: String]()
        for key in ConfigurationKey.all {
            values[key.name] = key.standard
            for layer in self.layers {
                guard let text = layer.reader.string(forKey: ConfigKey(key.name)) else { continue }
                if key.accepts(text) {
                    values[key.name] = text
                } else {
                    let origin = layer.origin(key)
                    faults.append(
                        ConfigurationFault(origin: origin, key: key.name, value: text, expected: key.expectation)
                    )
                }
                break
            }
        }
        let resolved = ResolvedValues(texts: values)
        if (resolved.text("tls.certificateFile") == nil) != (resolved.text("tls.keyFile") == nil) {
            let expected = "tls.certificateFile and tls.keyFile together, or neither"
            faults.append(ConfigurationFault(origin: "configuration", key: "tls", value: nil, expected: expected))
        }
        faults += resolved.kafkaFaults + resolved.scopeFaults
        guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
        return resolved.configuration(hostName: hostName)
    }

    private static func reader(_ values: [String: String]) -> ConfigReader {
        var typed = [AbsoluteConfigKey: ConfigValue]()
        for (key, value) in values {
            let components = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            typed[AbsoluteConfigKey(components)] = ConfigValue(.string(value), isSecret: false)
        }
        return ConfigReader(provider: InMemoryProvider(values: typed))
    }

    private static func unknown(_ key: String, origin: String) -> ConfigurationFault? {
        let names = ConfigurationKey.all.map(\.name)
        guard !names.contains(key) else { return nil }
        let nearest = NearestName.of(key, among: names)
        let expected = nearest.map { "a known key; did you mean \($0)?" } ?? "one of \(names.joined(separator: ", "))"
        return ConfigurationFault(origin: origin, key: key, value: nil, expected: expected)
    }

    /// Variables that begin with `WEIR_` and a section's name must be a key's; others are not configuration.
    private static func unknownVariable(_ name: String) -> ConfigurationFault? {
        let sections = Set(ConfigurationKey.all.map(\.environmentSection))
        guard sections.contains(where: name.hasPrefix) else { return nil }
        let names = ConfigurationKey.all.map(\.environmentName)
        guard !names.contains(name) else { return nil }
        let nearest = NearestName.of(name, among: names).map { "; did you mean \($0)?" } ?? ""
        return ConfigurationFault(
            origin: "environment variable \(name)",
            key: nil,
            value: nil,
            expected: "the name of a known key\(nearest)"
        )
    }
}

/// Values by key, each accepted by its key.
private struct ResolvedValues {
    var texts: [String: String]

    func text(_ key: String) -> String? {
        self.texts[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func integer(_ key: String) -> Int {
        self.texts[key].flatMap { Int($0) } ?? 0
    }

    private func list(_ key: String) -> [String] {
        ConfigurationKey.list(self.texts[key] ?? "")
    }

    private func listener(_ section: String, host: String, port: String) -> GatewayConfiguration.Listener? {
        guard let text = self.text("\(section).\(port)"), let port = Int(text) else { return nil }
        return GatewayConfiguration.Listener(host: self.text("\(section).\(host)") ?? "127.0.0.1", port: port)
    }

    private var kafka: KafkaSettings {
        KafkaSettings(
            plain: self.listener("kafka", host: "host", port: "port"),
            tls: self.listener("kafka", host: "tlsHost", port: "tlsPort"),
            advertised: self.text("kafka.advertised"),
            tlsAdvertised: self.text("kafka.tlsAdvertised"),
            isAuthenticated: self.text("kafka.authentication") != "none",
            connectionsMax: self.integer("kafka.connectionsMax"),
            requestSizeMaxBytes: self.integer("kafka.requestSizeMaxBytes"),
            groupsMax: self.integer("kafka.groupsMax"),
            offsetsRetention: .seconds(self.integer("kafka.offsetsRetentionSeconds")),
            createsTopicsOnDemand: self.text("kafka.createTopicsOnDemand") == "true"
        )
    }

    private var homeAssistant: HomeAssistantSettings {
        HomeAssistantSettings(
            isOn: self.text("homeAssistant.discovery") == "on",
            prefix: self.text("homeAssistant.prefix") ?? "homeassistant",
            topic: self.text("homeAssistant.topic") ?? "weir",
            devicesMax: self.integer("homeAssistant.devicesMax"),
            offlineDelay: .seconds(self.integer("homeAssistant.offlineSeconds"))
        )
    }

    /// What no single key can say.
    var kafkaFaults: [ConfigurationFault] {
        var faults: [ConfigurationFault] = []
        for key in ["kafka.advertised", "kafka.tlsAdvertised"] {
            guard let text = self.text(key), let expected = KafkaSettings.fault(ofAdvertised: text) else { continue }
            faults.append(ConfigurationFault(origin: "configuration", key: key, value: text, expected: expected))
        }
        let host = self.text("kafka.host") ?? ""
        let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        if self.text("kafka.authentication") == "none", !isLoopback {
            let expected = "a loopback address, since kafka.authentication is none"
            faults.append(
                ConfigurationFault(origin: "configuration", key: "kafka.host", value: host, expected: expected)
            )
        }
        return faults
    }

    /// The id scope stands between slashes in user names, and beside the hub's names it must be told apart.
    var scopeFaults: [ConfigurationFault] {
        guard let scope = self.text("hub.idScope"), RegistrationID(scope) == nil else { return [] }
        let expected = "1 to 128 letters, digits and - . _ : with a letter or digit at the end, or nothing"
        return [ConfigurationFault(origin: "configuration", key: "hub.idScope", value: scope, expected: expected)]
    }

    func configuration(hostName: String) -> GatewayConfiguration {
        let names = (self.text("hub.names") ?? "").split(separator: ",")
            .map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        return GatewayConfiguration(
            hubNames: names.isEmpty ? (hostName == "localhost" ? [hostName] : ["localhost", hostName]) : names,
            idScope: self.text("hub.idScope"),
            messageLife: .seconds(self.integer("hub.messageLifeSeconds")),
            mqtt: self.listener("mqtt", host: "host", port: "port"),
            mqttTLS: self.listener("mqtt", host: "tlsHost", port: "tlsPort"),
            mqttThreads: self.integer("mqtt.threads"),
            connectionsMax: self.integer("mqtt.connectionsMax"),
            connectTimeout: .seconds(self.integer("mqtt.connectTimeoutSeconds")),
            packetSizeMaxBytes: self.integer("mqtt.packetSizeMaxBytes"),
            connectRatePerSecondMax: self.integer("mqtt.connectRatePerSecondMax"),
            connectBurstMax: self.integer("mqtt.connectBurstMax"),
            keepAliveMax: .seconds(self.integer("mqtt.keepAliveMaxSeconds")),
            inflightMax: self.integer("mqtt.inflightMax"),
            topicAliasMax: self.integer("mqtt.topicAliasMax"),
            bufferedMaxBytes: self.integer("mqtt.bufferedMaxBytes"),
            sessionsMax: self.integer("mqtt.sessionsMax"),
            sessionsPerIdentityMax: self.integer("mqtt.sessionsPerIdentityMax"),
            subscriptionsMax: self.integer("mqtt.subscriptionsMax"),
            sessionExpiryMaxSeconds: self.integer("mqtt.sessionExpiryMaxSeconds"),
            sessionQueueMax: self.integer("mqtt.sessionQueueMax"),
            retainedMessagesMax: self.integer("mqtt.retainedMessagesMax"),
            retainedMaxBytes: self.integer("mqtt.retainedMaxBytes"),
            receivedDevicesMax: self.integer("mqtt.receivedDevicesMax"),
            messagesPerSecondMax: self.integer("mqtt.messagesPerSecondMax"),
            bytesPerSecondMax: self.integer("mqtt.bytesPerSecondMax"),
            connectsPerMinuteMax: self.integer("mqtt.connectsPerMinuteMax"),
            anonymousPublish: self.list("mqtt.anonymousPublish"),
            anonymousSubscribe: self.list("mqtt.anonymousSubscribe"),
            http: self.listener("http", host: "host", port: "port"),
            https: self.listener("https", host: "host", port: "port"),
            requestsPerSecondMax: self.integer("api.requestsPerSecondMax"),
            kafka: self.kafka,
            amqp: self.listener("amqp", host: "tlsHost", port: "tlsPort"),
            amqpConnectionsMax: self.integer("amqp.connectionsMax"),
            metricsAnonymous: self.text("http.metricsAnonymous") == "true",
            certificateFile: self.text("tls.certificateFile"),
            keyFile: self.text("tls.keyFile"),
            clientAuthorityFiles: self.list("tls.clientAuthorityFiles"),
            ingestFile: self.text("ingest.file"),
            homeAssistant: self.homeAssistant,
            logPartitions: self.integer("log.partitions"),
            segmentSizeMaxBytes: self.integer("log.segmentSizeMaxBytes"),
            pendingMaxBytes: self.integer("log.pendingMaxBytes"),
            logRetention: self.integer("log.retentionHours") == 0
                ? nil : .seconds(3_600 * self.integer("log.retentionHours")),
            logTopicsMax: self.integer("log.topicsMax"),
            freeMinBytes: self.integer("log.freeMinBytes"),
            streamsCheckpoint: .seconds(self.integer("streams.checkpointSeconds")),
            loggingLevel: self.text("logging.level") ?? "info"
        )
    }
}
