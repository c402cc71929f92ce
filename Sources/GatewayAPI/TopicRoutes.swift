import EventLog
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel

/// The log over HTTP: its topics, and their records as JSON lines.
struct TopicRoutes: Sendable {
    let log: EventLog
    let files: BlockingPool
    let counters: APICounters
    let configuration: APIConfiguration
    let now: @Sendable () -> Timestamp

    func add(to table: inout RouteTable) {
        table.add(.listTopics, use: self.list)
        table.add(.readRecords, use: self.records)
    }

    @Sendable private func list(_ request: Request, context: APIContext) throws -> Response {
        let query = try QueryParameters(request.uri, allowing: ["hidden"])
        let showsHidden = try query.flag("hidden")
        var writer = JSONWriter(capacity: 2_048)
        writer.beginArray()
        for topic in self.log.topics where showsHidden || !TopicRoutes.isHidden(topic.name) {
            TopicJSON.write(topic, to: &writer)
        }
        writer.endArray()
        return .json(writer.bytes)
    }

    @Sendable private func records(_ request: Request, context: APIContext) async throws -> Response {
        let parameters = try QueryParameters(request.uri, allowing: RecordQuery.parameters)
        let query = try RecordQuery(parameters)
        guard let name = PercentEncoding.decode(try context.parameters.require("topic")) else {
            throw HubError(.argumentInvalid, "the topic in the path is not percent-encoded UTF-8")
        }
        let isAllowed = try parameters.flag("hidden") || !TopicRoutes.isHidden(name)
        guard isAllowed, let topic = self.log.topic(named: name) else {
            throw TopicRoutes.notFound(name, in: self.log)
        }
        if let partition = query.partition, partition >= topic.partitionCount {
            throw HubError(
                .argumentInvalid,
                "partition is \(partition): the topic \(name) has the partitions 0 to \(topic.partitionCount - 1)"
            )
        }
        return try await self.answer(to: request, with: topic, query)
    }

    /// The wanted records of a topic, as JSON lines, for as long as the client takes them.
    func answer(to request: Request, with topic: LogTopic, _ query: RecordQuery) async throws -> Response {
        let reader = try await self.files.run { [query] in try RecordReader(topic: topic, query: query) }
        let place = try StreamPlace(among: self.configuration.streamsMax, self.counters)
        let stream = RecordStream(
            reader: reader,
            topic: topic,
            query: query,
            files: self.files,
            counters: self.counters,
            now: self.now
        )
        return Response(
            status: .ok,
            // The connection serves nothing after a stream: its reading side watches for the client to leave.
            headers: [.contentType: "application/x-ndjson", .connection: "close"],
            body: ResponseBody { writer in
                defer { withExtendedLifetime(place) {} }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    var stream = stream
                    try await stream.run { try await writer.write($0) }
                }
                try await writer.finish(nil)
            }
        )
    }

    /// Whether a topic is the gateway's own.
    static func isHidden(_ name: String) -> Bool {
        name.hasPrefix("_")
    }

    /// The error for a topic that there is not; one that could not be opened says why.
    static func notFound(_ name: String, in log: EventLog) -> HubError {
        if !TopicRoutes.isHidden(name), let failure = log.failures[name] { return HubError(.unavailable, "\(failure)") }
        let names = log.topics.map(\.name).filter { !TopicRoutes.isHidden($0) }
        let hint = NearestName.of(name, among: names).map { "; did you mean “\($0)”?" } ?? ""
        return HubError(.topicNotFound, "there is no topic “\(name.prefix(256))”\(hint)")
    }
}
