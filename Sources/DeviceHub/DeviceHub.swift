internal import CoreMetrics
internal import DeviceRegistry
package import EventLog
internal import HubProtocol
package import Logging
internal import ServiceLifecycle
internal import TwinModel

/// The hub: twins, direct methods and cloud-to-device messages, for devices and operators.
///
/// - Devices come in through ``opened(_:subscriptions:)`` and its siblings, on event loops, operators through the services.
/// - What changes the registry is one transaction with its event in the outbox; ``OutboxPump`` brings the events into the log.
/// - Threads: one writes the registry, four read it for devices and operators, two run queries. None is an event loop.
package final class DeviceHub: Service {
    /// Topics that the hub writes.
    package static let topics = ["twin-changes", "lifecycle", "commands"]

    /// Who is connected.
    package let links: LinkTable
    package let twins: TwinService
    package let queries: QueryService
    package let methods: MethodService
    package let messages: MessageService

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
        let writer = RegistryWriter(
            stores,
            committed: { outcomes in
                metrics.twinWrites.increment(by: outcomes.count { $0.change != nil })
                DeviceHub.notify(outcomes, links: links)
            },
            eventsAdded: { outbox.added($0) },
            logger: logger
        )
        self.links = links
        self.twins = TwinService(
            stores,
            links: links,
            writer: writer,
            threads: threads,
            history: history,
            outbox: outbox,
            clock: clock
        )
        self.queries = QueryService(stores, links: links)
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
        self.requests = DeviceRequests(twins: self.twins, threads: threads, clock: clock, metrics: metrics)
        self.outbox = outbox
        self.clock = clock
        self.metrics = metrics
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
            for link in links.links(of: outcome.stored.identity.id, subscribedTo: .desiredPatches) {
                link.publish(topic: topic, payload: body, requiring: .desiredPatches)
            }
        }
    }
}
