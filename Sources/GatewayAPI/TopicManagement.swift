import EventLog
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON

/// Topics made, set, deleted and reopened over HTTP.
///
/// Topics whose names begin with `_` are the gateway's own and not shown to exist; those it made for everybody can be
/// set and not deleted.
struct TopicManagement: Sendable {
    /// Bytes of a body: settings are a few hundred.
    private static let bodyBytesMax = 16 << 10

    let log: EventLog
    let files: BlockingPool
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.getTopic, use: self.show)
        table.add(.createTopic, use: self.create)
        table.add(.setTopic, use: self.set)
        table.add(.deleteTopic, use: self.delete)
        table.add(.reopenTopic, use: self.reopen)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri, allowing: ["hidden"])
        let topic = try self.topic(context, hidden: try query.flag("hidden"))
        return try await self.answer(topic)
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri, allowing: []).requireVersion()
        let name = try PathParameters.text("topic", context)
        guard !TopicRoutes.isHidden(name) else {
            throw HubError(.argumentInvalid, "“\(name.prefix(64))” begins with _: such names are the gateway's own")
        }
        let body = try await request.json(TopicSettingsBody.self, limit: TopicManagement.bodyBytesMax)
        let settings = try body.settings(changing: self.log.settingsDefault)
        let log = self.log
        let topic = try await self.files.run {
            do throws(EventLogError) {
                return try log.createTopic(name, partitions: body.partitions, settings: settings)
            } catch {
                throw HubError(error)
            }
        }
        return try await self.answer(topic, status: .created)
    }

    @Sendable private func set(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri, allowing: []).requireVersion()
        let topic = try self.topic(context, hidden: false)
        let body = try await request.json(TopicSettingsBody.self, limit: TopicManagement.bodyBytesMax)
        if let partitions = body.partitions, partitions != topic.partitionCount {
            throw HubError(
                EventLogError.invalidPartitionCount(
                    topic: topic.name,
                    asked: partitions,
                    existing: topic.partitionCount
                )
            )
        }
        let log = self.log
        try await self.files.run {
            let settings = try body.settings(changing: topic.settings)
            do throws(EventLogError) {
                try log.configureTopic(topic.name, settings: settings)
            } catch {
                throw HubError(error)
            }
        }
        return try await self.answer(topic)
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri, allowing: []).requireVersion()
        let name = try PathParameters.text("topic", context)
        guard !self.configuration.ownTopics.contains(name) else {
            throw HubError(
                .topicProtected,
                "the topic \(name) is the gateway's: it cannot be deleted; `weir topic set` changes how long it keeps records"
            )
        }
        // One that could not be opened can be deleted too: it is in the folder.
        let isThere = self.log.topic(named: name) != nil || self.log.failures[name] != nil
        guard !TopicRoutes.isHidden(name), isThere else { throw TopicRoutes.notFound(name, in: self.log) }
        let log = self.log
        try await self.files.run {
            do throws(EventLogError) {
                try log.deleteTopic(name)
            } catch {
                throw HubError(error)
            }
        }
        return Response(status: .noContent)
    }

    @Sendable private func reopen(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri, allowing: []).requireVersion()
        let name = try PathParameters.text("topic", context)
        // A fence may stand on the gateway's own topics too, and the operator is told their names.
        let isThere = self.log.topic(named: name) != nil || self.log.failures[name] != nil
        guard isThere else { throw TopicRoutes.notFound(name, in: self.log) }
        let log = self.log
        try await self.files.run {
            do throws(EventLogError) {
                if log.topic(named: name)?.status != .open { try log.reopenTopic(name) }
            } catch {
                throw HubError(.unavailable, "the topic \(name) stays as it is: \(error)")
            }
        }
        guard let topic = self.log.topic(named: name) else { throw TopicRoutes.notFound(name, in: self.log) }
        return try await self.answer(topic)
    }

    private func topic(_ context: APIContext, hidden showsHidden: Bool) throws -> LogTopic {
        let name = try PathParameters.text("topic", context)
        guard showsHidden || !TopicRoutes.isHidden(name), let topic = self.log.topic(named: name) else {
            throw TopicRoutes.notFound(name, in: self.log)
        }
        return topic
    }

    private func answer(_ topic: LogTopic, status: HTTPResponse.Status = .ok) async throws -> Response {
        var writer = JSONWriter(capacity: 1_024)
        TopicJSON.write(topic, withSettings: true, to: &writer)
        return .json(writer.bytes, status: status)
    }
}
