internal import ServiceLifecycle

/// The hub: twins, direct methods, cloud-to-device messages, jobs, configurations and provisioning, for devices and operators.
package final class DeviceHub: Service {
    /// Who is connected.
    package let links: LinkTable
    package let twins: TwinService
    package let queries: QueryService
    package let methods: MethodService
    package let messages: MessageService

    init(
        links: LinkTable,
        twins: TwinService,
        queries: QueryService,
        methods: MethodService,
        messages: MessageService
    ) {
        self.links = links
        self.twins = twins
        self.queries = queries
        self.methods = methods
        self.messages = messages
    }

    /// Works until graceful shutdown.
    package func run() async throws {
        try await gracefulShutdown()
    }
}
