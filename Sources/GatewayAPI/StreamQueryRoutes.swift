import EventLog
import HubProtocol
import Hummingbird
import NIOCore
import StreamEngine
import StreamSQL
import TelemetryJSON
import TelemetryModel

/// The streams' SQL over stored records: JSON lines, results and dead letters as they come, progress between them.
///
///     {"time":"…Z","windowStart":"…Z","kind":"final","result":{…},"records":[…]}
///     {"progress":{"records":20000,"time":"…Z"}}
///     {"summary":{"records":1000000,"results":60,"deadLetters":0,"unreadable":0}}
struct StreamQueryRoutes: Sendable {
    let log: EventLog
    let files: BlockingPool
    let counters: APICounters
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.runQuery, use: self.run)
        table.add(.explainQuery, use: self.explain)
    }

    @Sendable private func explain(_ request: Request, context: APIContext) async throws -> Response {
        _ = try QueryParameters(request.uri, allowing: [])
        let body = try await request.object(limit: self.configuration.identityBodyBytesMax)
        let plan = try self.plan(body)
        var writer = JSONWriter(capacity: 2_048)
        writer.beginObject()
        writer.key("plan")
        writer.string(plan.explanation)
        writer.endObject()
        return .json(writer.bytes)
    }

    @Sendable private func run(_ request: Request, context: APIContext) async throws -> Response {
        _ = try QueryParameters(request.uri, allowing: [])
        let body = try await request.object(limit: self.configuration.identityBodyBytesMax)
        let plan = try self.plan(body)
        let (from, to) = (try StreamQueryRoutes.time("from", of: body), try StreamQueryRoutes.time("to", of: body))
        let place = try StreamPlace(among: self.configuration.streamsMax, self.counters)
        let query: HistoryQuery
        do {
            query = try await self.files.run { [log] in try HistoryQuery(plan, log: log, from: from, to: to) }
        } catch let error as QueryError {
            throw HubError(.argumentInvalid, "the query cannot be run here: \(error)")
        }
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-ndjson", .connection: "close"],
            body: ResponseBody { [files] writer in
                defer { withExtendedLifetime(place) {} }
                // The request is read whole: what comes on its connection now is the client's leaving.
                try await StreamQueryRoutes.write(query, files: files) { try await writer.write($0) }
                try await writer.finish(nil)
            }
        )
    }

    /// Does piece by piece what the client has taken.
    @concurrent
    private static func write(
        _ query: HistoryQuery,
        files: BlockingPool,
        write: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        var query = query
        var unreadable: Int64 = 0
        while true {
            let (next, piece) = try await files.run { [query] in
                var query = query
                let piece = try query.next()
                return (query, piece)
            }
            query = next
            unreadable += piece.unreadable
            try await write(StreamQueryRoutes.lines(of: piece, query, unreadable: unreadable))
            if piece.isFinished { return }
            try Task.checkCancellation()
        }
    }

    private static func lines(of piece: HistoryQuery.Piece, _ query: HistoryQuery, unreadable: Int64) -> ByteBuffer {
        var writer = JSONWriter(capacity: 64 << 10)
        for result in piece.output.results { ResultLine.write(result, of: query.plan, to: &writer) }
        for letter in piece.output.deadLetters { ResultLine.write(letter, of: query.plan, to: &writer) }
        writer.beginObject()
        writer.key(piece.isFinished ? "summary" : "progress")
        writer.beginObject()
        writer.key("records")
        writer.number(query.counts.records)
        writer.key("results")
        writer.number(query.counts.results)
        writer.key("deadLetters")
        writer.number(query.counts.deadLetters)
        writer.key("unreadable")
        writer.number(unreadable)
        writer.endObject()
        writer.endObject()
        writer.endLine()
        return ByteBuffer(bytes: writer.bytes)
    }

    private func plan(_ body: JSONObject) throws(HubError) -> QueryPlan {
        guard let text = body["query"]?.string else {
            throw HubError(.argumentInvalid, #"the body has no text in “query”, expected {"query":"SELECT …"}"#)
        }
        let topics = self.log.topics.map(\.name).filter { !TopicRoutes.isHidden($0) }
        do throws(StreamSQLError) {
            return try QueryPlan(text, options: QueryOptions(topics: topics))
        } catch {
            throw HubError(.argumentInvalid, "\(error)")
        }
    }

    private static func time(_ name: String, of body: JSONObject) throws(HubError) -> Timestamp? {
        guard let value = body[name], value != .null else { return nil }
        guard let time = value.string.flatMap({ Timestamp(iso8601: $0) }) else {
            throw HubError(.argumentInvalid, "\(name) is \(value), expected a time such as 2026-11-21T04:33:00Z")
        }
        return time
    }
}
