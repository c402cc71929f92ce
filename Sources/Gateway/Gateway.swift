import AMQPServer
import DeviceHub
import DeviceRegistry
import EventLog
import FoundationEssentials
import GatewayAPI
package import GatewayClient
import HubProtocol
import IngestRules
import KafkaServer
package import Logging
import MQTTServer
import NIOCore
import NIOPosix
import ServiceLifecycle
import StreamEngine
import Synchronization
import TelemetryModel
package import UnixSignals

/// The whole gateway: data folder, log, registry, streams, MQTT endpoint and API, in one process.
///
/// Start: folder and its lock → credentials → registry → certificates → log (recovery) → sessions and retained messages → snapshot
/// of received numbers → MQTT listens → API listens → groups' offsets, Kafka listens → ready line; numbered telemetry waits
/// until the log behind the snapshot is read. Stop, in this order: MQTT drains (what is in flight is acknowledged), the API
/// ends its streams, the last snapshot of numbers, the Kafka endpoint answers what is in work, the hub brings its last events
/// into the log, what `lifecycle` still has to say, the streams write a checkpoint, the log closes clean. A disk that is full or nearly so stops nothing: no message is taken, `/healthz` says why, and it goes on by
/// itself when there is room.
package final class Gateway: Sendable {
    /// Topics that are made at the first start.
    package static let topics = ["telemetry", "twin-changes", "lifecycle", "commands", "alerts", "dead-letter"]

    private let configuration: GatewayConfiguration
    private let folder: DataFolder
    private let log: EventLog
    private let identities: any IdentityStore
    private let provisioning: ProvisioningService?
    private let stores: HubStores
    private let policies: [ServicePolicy]
    private let certificates: CertificateService
    private let ingestRules: IngestRules
    private let metrics: PrometheusMetrics
    private let logger: Logger
    private let running = Mutex<(group: ServiceGroup, streams: StreamEngine)?>(nil)

    /// Opens everything that lies on the disk; nothing listens yet. Blocks.
    ///
    /// - Parameters:
    ///   - configuration: the settings.
    ///   - path: the data folder.
    ///   - metrics: where everything is counted.
    ///   - logger: for connects, disconnects and faults.
    /// - Throws: `StartError`: what is wrong with the folder, in one sentence.
    package init(
        configuration: GatewayConfiguration,
        path: String,
        metrics: PrometheusMetrics,
        logger: Logger
    ) throws(StartError) {
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
        self.folder = try DataFolder(path: path)
        self.policies = try Credentials(in: self.folder).policies
        self.ingestRules = try Gateway.ingestRules(configuration.ingestFile)
        let registry: SQLiteIdentityStore
        do throws(RegistryError) {
            registry = try SQLiteIdentityStore(path: self.folder.file("registry.sqlite"), now: EventLog.wallClock)
            self.identities = registry
            self.provisioning = configuration.idScope.map { idScope in
                ProvisioningService(
                    configuration: ProvisioningConfiguration(idScope: idScope, hubNames: configuration.hubNames),
                    store: registry,
                    now: EventLog.wallClock,
                    logger: logger
                )
            }
            self.stores = HubStores(registry)
        } catch {
            throw Gateway.sentence(for: error, path: self.folder.file("registry.sqlite"))
        }
        self.certificates = try CertificateService(
            folder: self.folder,
            configuration: configuration,
            store: registry,
            metrics: metrics,
            logger: logger,
            now: EventLog.wallClock
        )
        do throws(EventLogError) {
            let log = try EventLog(
                configuration: EventLog.Configuration(
                    directory: self.folder.file("log"),
                    partitionsDefault: configuration.logPartitions,
                    pendingBytesMax: configuration.pendingMaxBytes,
                    settingsDefault: configuration.topicSettings,
                    topicsMax: configuration.logTopicsMax,
                    freeBytesMin: UInt64(configuration.freeMinBytes)
                ),
                logger: logger
            )
            for topic in Gateway.topics { _ = try log.openTopic(topic) }
            self.log = log
        } catch {
            throw StartError("the event log cannot start: \(error)")
        }
    }

    /// Records of every topic.
    package var recordCounts: [String: Int64] {
        Dictionary(uniqueKeysWithValues: self.log.topics.map { ($0.name, $0.recordCount) })
    }

    /// Begins the stop; ``run(signals:onReady:)`` returns when it is done.
    package func stop() {
        guard let group = self.running.withLock({ $0?.group }) else { return }
        Task { await group.triggerGracefulShutdown() }
    }

    /// Returns when the streams have read all telemetry that is in the log, or after `limit`.
    package func waitForStreams(atMost limit: Duration) async {
        guard let streams = self.running.withLock({ $0?.streams }) else { return }
        let deadline = ContinuousClock.now + limit
        while streams.status.lagRecords > 0, ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
        }
    }

    /// Listens and works until one of the signals or ``stop()``, then stops in order.
    ///
    /// - Parameters:
    ///   - signals: what ends it.
    ///   - reloadSignals: what makes it read the operator's certificate again.
    ///   - onReady: called once when every listener takes connections.
    /// - Throws: why it could not listen or had to stop.
    package func run(
        signals: [UnixSignal] = [],
        reloadSignals: [UnixSignal] = [],
        onReady: @escaping @Sendable (EndpointsFile) -> Void
    ) async throws {
        self.certificates.reload(at: reloadSignals)
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: self.configuration.mqttThreads == 0 ? UsableCores.count : self.configuration.mqttThreads
        )
        defer { self.close() }
        do {
            try await self.serve(on: group, signals: signals, onReady: onReady)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(
        on group: MultiThreadedEventLoopGroup,
        signals: [UnixSignal],
        onReady: @escaping @Sendable (EndpointsFile) -> Void
    ) async throws {
        let topic = try self.log.openTopic("telemetry")
        let lifecycle = LifecycleRecorder(
            topic: try self.log.openTopic("lifecycle"),
            hubName: self.configuration.hubNames[0],
            now: EventLog.wallClock,
            metrics: self.metrics,
            logger: self.logger
        )
        let ingest = IngestService(rules: self.ingestRules, now: EventLog.wallClock, metrics: self.metrics)
        let births = BirthWatch(inner: ingest, topic: self.configuration.homeAssistant.birthTopic)
        let broker = try await self.openBroker()
        let authenticator = RegistryAuthenticator(
            verifier: TokenVerifier(hubNames: self.configuration.hubNames, policies: self.policies),
            identities: self.identities,
            authorities: self.certificates.clientAuthorities,
            settings: self.configuration.authentication,
            provisioning: self.provisioning,
            certificates: self.certificates.store,
            now: EventLog.wallClock
        )
        let received = try await self.openReceived(topic)
        let hub = try DeviceHub(
            configuration: HubConfiguration(
                hubName: self.configuration.hubNames[0],
                messageLife: self.configuration.messageLife
            ),
            stores: self.stores,
            log: self.log,
            clock: HubClock(now: EventLog.wallClock),
            metrics: HubMetrics(factory: self.metrics),
            logger: self.logger
        )
        let mqtt = MQTTServer(
            configuration: self.configuration.mqttServer,
            topic: topic,
            broker: broker,
            authenticator: authenticator,
            ingesting: self.configuration.homeAssistant.isOn ? births : ingest,
            deadLetters: try self.log.openTopic("dead-letter"),
            numbers: received?.numbers,
            observer: lifecycle,
            hub: HubGateway(hub: hub),
            provisioning: self.provisioning.map(ProvisioningConnections.init),
            tls: self.certificates.contexts,
            group: group,
            metrics: MQTTMetrics(factory: self.metrics),
            logger: self.logger
        )
        self.provisioning?.observe { [weak hub, weak mqtt] outcome in
            Gateway.registered(outcome, hub: hub, mqtt: mqtt)
        }
        ingest.publishes { [weak mqtt, eventLoop = group.next()] request in
            mqtt?.publish(topic: request.topic, payload: ByteBuffer(bytes: request.payload), on: eventLoop)
        }
        let streams = StreamEngine(
            configuration: self.configuration.streams(in: self.folder),
            log: self.log,
            logger: self.logger
        )
        let kafka = self.makeKafka(passwords: authenticator.passwords, group: group)
        let amqp = self.makeAMQP(messages: hub.messages, group: group)
        self.certificates.onRevocation { [weak mqtt] in mqtt?.disconnect(certificates: $0) }
        let api = self.makeAPI(mqtt: mqtt, kafka: kafka, amqp: amqp, streams: streams, hub: hub, group: group)
        var endpoints = EndpointsFile(hubNames: self.configuration.hubNames)
        let bound = try await mqtt.start()
        do {
            endpoints.mqtt = bound.tcp?.hostAndPort
            endpoints.mqtts = bound.tls?.hostAndPort
            endpoints.amqps = try await amqp.start()?.hostAndPort
            let addresses = try await api?.start()
            endpoints.http = addresses?.http?.hostAndPort
            endpoints.https = addresses?.https?.hostAndPort
            let kafkaAddresses = try await kafka?.start()
            endpoints.kafka = kafkaAddresses?.tcp?.hostAndPort
            endpoints.kafkas = kafkaAddresses?.tls?.hostAndPort
            try self.folder.replace(EndpointsFile.fileName, withJSON: endpoints, mode: 0o644)
        } catch {
            await kafka?.stop()
            await api?.stop()
            await amqp.stop()
            await mqtt.stop()
            throw error
        }

        // Shut down from the last to the first.
        var services: [any Service] = [streams, lifecycle, hub, self.certificates]
        if let kafka { services.append(kafka) }
        if let received {
            services.append(
                ReadingNumbersService(
                    store: received,
                    lifecycle: lifecycle,
                    group: group,
                    now: EventLog.wallClock,
                    metrics: self.metrics,
                    logger: self.logger
                )
            )
        }
        if let api { services.append(api) }
        services.append(amqp)
        services.append(mqtt)
        services.append(self.makeHomeAssistant(mqtt: mqtt, births: births, eventLoop: group.next()))
        let serviceGroup = ServiceGroup(
            services: services,
            gracefulShutdownSignals: signals,
            logger: self.quietLogger
        )
        self.running.withLock { $0 = (serviceGroup, streams) }
        self.watchFences()
        onReady(endpoints)
        defer { self.folder.remove(EndpointsFile.fileName) }
        try await serviceGroup.run()
        // When the connections of the last second ended.
        try await broker.flush()
    }

    /// A registration has made or changed an identity: configurations may want it, and connections that were opened with
    /// credentials that count no more end.
    private static func registered(_ outcome: RegistrationOutcome, hub: DeviceHub?, mqtt: MQTTServer?) {
        guard let entry = outcome.entry, let identity = entry.stored?.identity else { return }
        hub?.identityChanged(identity.id)
        guard let mqtt, let before = outcome.before else { return }
        let connections = MQTTConnections(server: mqtt)
        guard entry.change == nil else {
            // It reads them when it is back.
            return connections.disconnect(.identity(identity.id), reason: "the device's twin began anew")
        }
        connections.changed(before, to: identity)
    }

    private func openBroker() async throws -> Broker {
        do {
            return try await Broker.open(
                configuration: self.configuration.broker,
                log: self.log,
                sessions: RegistrySessions(identities: self.identities),
                metrics: BrokerMetrics(factory: self.metrics),
                logger: self.logger
            )
        } catch {
            throw StartError("the sessions and retained messages in topic \(Broker.topicName) cannot be read: \(error)")
        }
    }

    /// Reads the beginning of the snapshot of received numbers; `nil` when numbers are not looked at.
    private func openReceived(_ topic: LogTopic) async throws -> ReceivedStore? {
        guard self.configuration.receivedDevicesMax > 0 else { return nil }
        let folder = self.folder.file("received")
        let (devicesMax, logger) = (self.configuration.receivedDevicesMax, self.logger)
        return try await NIOThreadPool.singleton.runIfActive {
            do {
                try PosixLogFiles().createDirectory(folder)
            } catch {
                throw StartError("the folder \(folder) cannot be made: \(error)")
            }
            return ReceivedStore(
                path: "\(folder)/\(topic.name).numbers",
                topic: topic,
                devicesMax: devicesMax,
                logger: logger
            )
        }
    }

    private func makeAPI(
        mqtt: MQTTServer,
        kafka: KafkaServer?,
        amqp: AMQPServer,
        streams: StreamEngine,
        hub: DeviceHub,
        group: MultiThreadedEventLoopGroup
    ) -> GatewayAPI? {
        guard var configuration = self.configuration.api else { return nil }
        configuration.ownTopics = Set(Gateway.topics + [self.configuration.streams(in: self.folder).windowTopic])
        configuration.dataFolder = self.folder.path
        return GatewayAPI(
            configuration: configuration,
            log: self.log,
            identities: self.identities,
            hub: hub,
            provisioning: self.provisioning,
            authority: self.certificates,
            policies: self.policies,
            connections: GatewayConnections(mqtt: MQTTConnections(server: mqtt), kafka: kafka),
            health: { [log, certificates] in
                Gateway.health(of: log, streams: streams, kafka: kafka, hub: hub, certificates: certificates)
            },
            metrics: { [metrics, certificates] in
                certificates.updateMetrics()
                return metrics.text
            },
            webSockets: GatewayWebSockets(mqtt: mqtt, amqp: amqp),
            tls: self.certificates.contexts,
            group: group,
            now: EventLog.wallClock,
            metricsFactory: self.metrics,
            logger: self.logger
        )
    }

    private func makeHomeAssistant(
        mqtt: MQTTServer,
        births: BirthWatch,
        eventLoop: any EventLoop
    ) -> HomeAssistantService {
        HomeAssistantService(
            settings: self.configuration.homeAssistant,
            log: self.log,
            twins: self.stores.twins,
            server: mqtt,
            births: births,
            eventLoop: eventLoop,
            now: EventLog.wallClock,
            metrics: self.metrics,
            logger: self.logger
        )
    }

    private func makeAMQP(messages: MessageService, group: MultiThreadedEventLoopGroup) -> AMQPServer {
        AMQPServer(
            configuration: self.configuration.amqpServer,
            verifier: AMQPTokens(
                verifier: TokenVerifier(hubNames: self.configuration.hubNames, policies: self.policies),
                now: EventLog.wallClock
            ),
            sender: AMQPMessages(messages: messages),
            tls: self.certificates.contexts,
            group: group,
            clock: EventLog.wallClock,
            metrics: AMQPMetrics(factory: self.metrics),
            logger: self.logger
        )
    }

    private func makeKafka(passwords: PasswordVerifier, group: MultiThreadedEventLoopGroup) -> KafkaServer? {
        let topics = Gateway.topics + ["windows"]
        guard let configuration = self.configuration.kafkaServer(in: self.folder, systemTopics: topics) else {
            return nil
        }
        return KafkaServer(
            configuration: configuration,
            log: self.log,
            authenticator: KafkaAuthenticator(
                policies: self.policies,
                identities: self.identities,
                passwords: passwords
            ),
            tls: self.certificates.contexts,
            group: group,
            metrics: KafkaMetrics(factory: self.metrics),
            logger: self.logger
        )
    }

    private static func health(
        of log: EventLog,
        streams: StreamEngine,
        kafka: KafkaServer?,
        hub: DeviceHub,
        certificates: CertificateService
    ) -> HealthReport {
        var reasons = log.topics.compactMap { topic -> String? in
            switch topic.status {
            case .open: nil
            case .fenced(let reason):
                "topic \(topic.name) is fenced: \(reason); check the disk, then weir topic reopen \(topic.name)"
            case .closed: "topic \(topic.name) is closed"
            }
        }
        if case .nearlyFull(let freeBytes, let neededBytes) = log.diskState {
            reasons.append(
                "the disk is nearly full, no message is taken: \(freeBytes) bytes are free, \(neededBytes) are needed"
            )
        }
        for (name, error) in log.failures.sorted(by: { $0.key < $1.key }) { reasons.append("topic \(name): \(error)") }
        if case .failed(let reason) = streams.status.phase { reasons.append("the streams stand still: \(reason)") }
        reasons += kafka?.faults ?? []
        reasons += hub.faults
        reasons += certificates.faults
        return HealthReport(reasons: reasons)
    }

    /// A fenced topic says so in `/healthz` and the log. Nothing acknowledged is lost.
    private func watchFences() {
        self.log.onFence { topic, reason in
            self.logger.critical("topic fenced", metadata: ["topic": "\(topic.name)", "reason": "\(reason)"])
        }
    }

    /// The service group's own messages matter only when they warn.
    private var quietLogger: Logger {
        var logger = self.logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private func close() {
        self.log.close()
        self.identities.close()
    }

    private static func ingestRules(_ path: String?) throws(StartError) -> IngestRules {
        guard let path else { return IngestRules() }
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw StartError("ingest.file: \(path) cannot be read: \(error)")
        }
        do throws(ConfigurationFaults) {
            return try IngestFile.rules(yaml: text, path: path)
        } catch {
            throw StartError(error.description)
        }
    }

    private static func sentence(for error: RegistryError, path: String) -> StartError {
        switch error {
        case .storage(let reason):
            StartError("the registry \(path) cannot be opened: \(reason); check the disk, its owner and mode")
        case .alreadyExists, .notFound, .preconditionFailed, .tooManyModules, .applicationExists,
            .applicationNotFound, .applicationPreconditionFailed, .nameTaken:
            StartError("the registry \(path) cannot be opened: \(error)")
        }
    }
}
