internal import CoreMetrics
internal import DeviceRegistry
package import EventLog
internal import FleetQuery
internal import HubProtocol
package import Logging
internal import ServiceLifecycle
internal import Synchronization
package import TelemetryModel
internal import TwinModel

/// The hub: twins, direct methods, cloud-to-device messages, jobs and configurations, for devices and operators.
///
/// - Devices come in through ``opened(_:subscriptions:)`` and its siblings, on event loops, operators through the services.
/// - What changes the registry is one transaction with its event in the outbox; ``OutboxPump`` brings the events into the log.
/// - Threads: one writes the registry, four read it for devices and operators, two run queries,
///   two work for jobs and configurations. None is an event loop.
package final class DeviceHub: Service {
    /// Topics that the hub writes.
    package static let topics = ["twin-changes", "lifecycle", "commands"]

    /// Who is connected.
    package let links: LinkTable
    package let identities: IdentityService
    package let twins: TwinService
    package let queries: QueryService
    package let methods: MethodService
    package let messages: MessageService
    package let jobs: JobService
    package let configurations: ConfigurationService

    let requests: DeviceRequests
    private let outbox: OutboxPump
    private let clock: HubClock
    private let metrics: HubMetrics

    /// A hub on a registry and a log.
    ///
    /// - Parameters:
    ///   - configuration: what can be set.
    ///   - stores: the registry.
    ///   - log: where ``topics`` are open.
    ///   - clock: time.
    ///   - metrics: the hub's.
    ///   - logger: is told of faults.
    /// - Throws: When topic `twin-changes` cannot be opened.
    package init(
        configuration: HubConfiguration,
        stores: HubStores,
        log: EventLog,
        clock: HubClock,
        metrics: HubMetrics,
        logger: Logger
    ) throws(EventLogError) {
        let history = TwinHistory(topic: try log.openTopic("twin-changes"))
        let links = LinkTable(now: clock.now)
        let threads = StoreThreads(count: 4, waitingMax: 10_000)
        let outbox = OutboxPump(
            stores.outbox,
            log: log,
            threads: StoreThreads(count: 1),
            hubName: configuration.hubName,
            clock: clock,
            logger: logger
        )
        let watch = ConfigurationWatch()
        let writer = RegistryWriter(
            stores,
            committed: { outcomes in
                watch.changed(outcomes)
                metrics.twinWrites.increment(by: outcomes.count { $0.change != nil })
                DeviceHub.notify(outcomes, links: links)
            },
            eventsAdded: { outbox.added($0) },
            logger: logger
        )
        let live = LiveColumns(state: { links.live($0) }, configurations: { watch.states(of: $0) })
        self.links = links
        self.identities = IdentityService(stores, threads: threads, writer: writer, outbox: outbox)
        self.twins = TwinService(
            stores,
            live: live,
            writer: writer,
            threads: threads,
            history: history,
            outbox: outbox,
            clock: clock
        )
        self.queries = QueryService(stores, live: live)
        self.methods = MethodService(
            stores,
            links: links,
            threads: threads,
            clock: clock,
            metrics: metrics,
            record: { event in
                // Without room the record is lost: commands beyond what the disk takes.
                _ = writer.submit(.event(event), bytes: event.value.count)
            }
        )
        self.messages = MessageService(
            stores,
            links: links,
            writer: writer,
            threads: threads,
            outbox: outbox,
            lifeDefault: configuration.messageLife,
            clock: clock,
            metrics: metrics,
            logger: logger
        )
        let fleetThreads = StoreThreads(count: 2)
        let sources = JobSources(
            queries: stores.queries,
            live: live,
            fleet: HubFleet(twins: self.twins, methods: self.methods),
            calls: StoreCalls { fleetThreads.submit($0) },
            now: clock.now
        )
        self.jobs = JobService(store: stores.jobs, sources: sources, logger: logger)
        self.configurations = ConfigurationService(store: stores.configurations, sources: sources, logger: logger)
        watch.watch(for: self.configurations)
        self.requests = DeviceRequests(twins: self.twins, threads: threads, clock: clock, metrics: metrics)
        self.outbox = outbox
        self.clock = clock
        self.metrics = metrics
    }

    /// An identity was made or changed, or its twin was written around ``twins``: configurations may want it now.
    package func identityChanged(_ id: IdentityID) {
        self.configurations.changed(id, .all)
    }

    /// What stands still, as sentences for an operator.
    package var faults: [String] {
        self.outbox.fault.map {
            ["events of the hub are not in the log, \(self.outbox.backlog) wait in the registry: \($0)"]
        } ?? []
    }

    /// Works until graceful shutdown, then brings the last events into the log.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.messages.expireMessages() }
            group.addTask { await self.jobs.run() }
            group.addTask { await self.configurations.run() }
            group.addTask { await self.report() }
            await self.outbox.run()
            group.cancelAll()
        }
    }

    private func report() async {
        repeat {
            self.metrics.devices.set(self.links.connectedDeviceCount)
            self.metrics.eventsWaiting.set(self.outbox.backlog)
        } while (try? await self.clock.sleep(.seconds(1))) != nil  // ends when it is cancelled
    }

    /// Tells connected devices what was written into their desired properties. On the writer's thread, in order of versions.
    private static func notify(_ outcomes: [TwinOutcome], links: LinkTable) {
        for outcome in outcomes {
            guard let change = outcome.change, let body = change.notification else { continue }
            let topic = HubAnswerTopic.desired(version: change.after.desired)
            for entry in links.entries(of: outcome.stored.identity.id, subscribedTo: .desiredPatches) {
                entry.desiredVersion.withLock { version in
                    version = change.after.desired
                    entry.link.publish(topic: topic, payload: body, requiring: .desiredPatches)
                }
            }
        }
    }
}
