import DeviceRegistry
import EventLog
import HTTPTypes
import HubProtocol
import Hummingbird
import NIOCore
import TelemetryJSON
import TelemetryModel

/// What the gateway says about itself: health, metrics, its clock and its status.
struct HubRoutes: Sendable {
    let configuration: APIConfiguration
    let log: EventLog
    let identities: any IdentityStore
    let connections: any ConnectionControlling
    let registry: BlockingPool
    /// What devices name that register; `nil` = there is no provisioning service.
    let idScope: String?
    let health: @Sendable () -> HealthReport
    let metrics: @Sendable () -> String
    let now: @Sendable () -> Timestamp
    let started: Timestamp

    func add(to table: inout RouteTable) {
        table.add(.getHealth, use: self.healthz)
        table.add(.getMetrics, use: self.metricsPage)
        table.add(.getTime, use: self.time)
        table.add(.getHub, use: self.hub)
    }

    @Sendable private func healthz(_ request: Request, context: APIContext) -> Response {
        let report = self.health()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("status")
        writer.string(report.isHealthy ? "ok" : "degraded")
        if !report.isHealthy { HubRoutes.write(report.reasons, to: &writer) }
        writer.endObject()
        return .json(writer.bytes, status: report.isHealthy ? .ok : .serviceUnavailable)
    }

    @Sendable private func metricsPage(_ request: Request, context: APIContext) -> Response {
        // Source: Prometheus, "Exposition formats", text format 0.0.4.
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: self.metrics()))
        )
    }

    /// The wall clock, for boards that have none of their own.
    @Sendable private func time(_ request: Request, context: APIContext) -> Response {
        let now = self.now()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("time")
        writer.string(now.description)
        writer.key("unixMilliseconds")
        writer.number(now.milliseconds)
        writer.endObject()
        return .json(writer.bytes)
    }

    @Sendable private func hub(_ request: Request, context: APIContext) async throws -> Response {
        let counts = try await self.registry.run { try self.identities.deviceCounts() }
        let report = self.health()
        var writer = JSONWriter(capacity: 2_048)
        writer.beginObject()
        writer.key("status")
        writer.string(report.isHealthy ? "ok" : "degraded")
        HubRoutes.write(report.reasons, to: &writer)
        writer.key("version")
        writer.string(self.configuration.version)
        writer.key("hubNames")
        writer.beginArray()
        for name in self.configuration.hubNames { writer.string(name) }
        writer.endArray()
        if let idScope = self.idScope {
            writer.key("idScope")
            writer.string(idScope)
        }
        writer.key("devices")
        writer.beginObject()
        for (name, count) in [
            ("total", counts.total), ("enabled", counts.enabled), ("disabled", counts.total - counts.enabled),
        ] {
            writer.key(name)
            writer.number(count)
        }
        writer.endObject()
        writer.key("connections")
        writer.number(self.connections.connectionCount)
        writer.key("startedTime")
        writer.string(self.started.description)
        writer.key("uptimeSeconds")
        writer.number(max(0, (self.now() - self.started).wholeMilliseconds / 1_000))
        writer.key("topics")
        writer.beginArray()
        for topic in self.log.topics where !topic.name.hasPrefix("_") { TopicJSON.write(topic, to: &writer) }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }

    private static func write(_ reasons: [String], to writer: inout JSONWriter) {
        writer.key("reasons")
        writer.beginArray()
        for reason in reasons { writer.string(reason) }
        writer.endArray()
    }
}
