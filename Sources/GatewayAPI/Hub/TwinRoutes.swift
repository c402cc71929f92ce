import DeviceHub
import EventLog
import HTTPTypes
import HubProtocol
import Hummingbird
import LogFormat
import TelemetryJSON
import TelemetryModel
import TwinModel

/// Twins over HTTP: now, as they were, and how they came to be.
///
/// Source: contract iothub-rest section 3; `at` and history are our own.
struct TwinRoutes: Sendable {
    let twins: TwinService
    /// Streams the topic of the changes.
    let records: TopicRoutes
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.getTwin, use: self.get)
        table.add(.updateTwin, use: self.update)
        table.add(.replaceTwin, use: self.replace)
        table.add(.getModuleTwin, use: self.get)
        table.add(.updateModuleTwin, use: self.update)
        table.add(.replaceModuleTwin, use: self.replace)
        table.add(.twinHistory, use: self.history)
        table.add(.moduleTwinHistory, use: self.history)
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        let id = try PathParameters.identity(context)
        guard let text = query["at"] else { return TwinRoutes.answer(try await self.twins.twin(id)) }
        guard let time = Timestamp(iso8601: text) else {
            throw HubError(.argumentInvalid, "at is “\(text.prefix(64))”, expected a time such as 2026-11-21T04:33:00Z")
        }
        return TwinRoutes.answer(try await self.twins.twin(id, at: time))
    }

    @Sendable private func update(_ request: Request, context: APIContext) async throws -> Response {
        let (id, patch, condition) = try await self.wish(request, context)
        return TwinRoutes.answer(
            try await self.twins.update(id, patch, ifMatch: condition, author: context.author)
        )
    }

    @Sendable private func replace(_ request: Request, context: APIContext) async throws -> Response {
        let (id, patch, condition) = try await self.wish(request, context)
        return TwinRoutes.answer(
            try await self.twins.replace(id, patch, ifMatch: condition, author: context.author)
        )
    }

    /// What a request wants to write. Without If-Match there is no condition.
    private func wish(
        _ request: Request,
        _ context: APIContext
    ) async throws -> (IdentityID, TwinPatch, EntityTagCondition) {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let bytes = try await request.bytes(limit: self.configuration.documentBytesMax)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:)) ?? .any
        return (id, try TwinRoutes.patch(bytes), condition)
    }

    private static func patch(_ bytes: [UInt8]) throws(HubError) -> TwinPatch {
        do {
            return try TwinPatch(parsing: bytes)
        } catch {
            throw HubError(twin: error)
        }
    }

    /// The records of an identity's own twin; those of a deleted one, too.
    @Sendable private func history(_ request: Request, context: APIContext) async throws -> Response {
        let parameters = try QueryParameters(request.uri, allowing: ["from", "to", "max"])
        try parameters.requireVersion()
        let id = try PathParameters.identity(context)
        guard let topic = self.records.log.topic(named: self.configuration.twinTopic) else {
            throw TopicRoutes.notFound(self.configuration.twinTopic, in: self.records.log)
        }
        var query = try RecordQuery(parameters)
        query.device = id
        query.isExact = true
        query.partition = KeyPartitioner.partition(
            of: Array(id.description.utf8),
            partitionCount: topic.partitionCount
        )
        return try await self.records.answer(to: request, with: topic, query)
    }

    private static func answer(_ view: TwinView) -> Response {
        .document(view.document, etag: view.etag)
    }
}
