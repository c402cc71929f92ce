import EventLog
import HubProtocol
import Hummingbird
import NIOCore
import TelemetryJSON

/// Checks every checksum of the log while it is used: JSON lines, progress and then a report for each topic.
///
///     {"topic":"telemetry","bytes":1048576,"bytesTotal":52428800}
///     {"topic":"telemetry","bytesTotal":52428800,"report":{"segments":1,"batches":64,"records":10000,"bytes":52428800,
///      "tornBytes":0,"faults":[{"file":"00000000000000000000.log","byte":4711,"detail":"…"}]}}
struct LogCheckRoutes: Sendable {
    let log: EventLog
    let files: BlockingPool
    let counters: APICounters
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.checkLog, use: self.check)
    }

    @Sendable private func check(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri, allowing: ["topic"])
        let names = try self.names(query["topic"])
        let place = try StreamPlace(among: self.configuration.streamsMax, self.counters)
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-ndjson", .connection: "close"],
            body: ResponseBody { writer in
                defer { withExtendedLifetime(place) {} }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for name in names {
                        try await self.check(name) { try await writer.write($0) }
                    }
                }
                try await writer.finish(nil)
            }
        )
    }

    /// The topics to check, those that could not be opened among them.
    private func names(_ wanted: String?) throws(HubError) -> [String] {
        let failures = self.log.failures
        let names = (self.log.topics.map(\.name) + failures.keys).sorted()
        guard let wanted else { return names }
        guard names.contains(wanted) else { throw TopicRoutes.notFound(wanted, in: self.log) }
        return [wanted]
    }

    private func check(_ name: String, write: @concurrent (ByteBuffer) async throws -> Void) async throws {
        guard let topic = self.log.topic(named: name) else {
            // Not open: its own words are the report. A topic deleted meanwhile has none.
            guard let failure = self.log.failures[name] else { return }
            var report = TopicCheck.Report(topic: name)
            report.faults = [TopicCheck.Fault(file: name, byte: 0, detail: "\(failure)")]
            return try await write(LogCheckRoutes.line(report, total: 0))
        }
        let log = self.log
        guard let capture = try await self.files.run({ try log.capture(topic) }) else { return }
        var check = TopicCheck(capture)
        var isMore = true
        while isMore {
            (check, isMore) = try await self.files.run { [check] in
                var check = check
                let isMore = try check.step()
                return (check, isMore)
            }
            if isMore { try await write(LogCheckRoutes.progress(check.report, total: capture.bytes)) }
            try Task.checkCancellation()
        }
        try await write(LogCheckRoutes.line(check.report, total: capture.bytes))
    }

    private static func progress(_ report: TopicCheck.Report, total: UInt64) -> ByteBuffer {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("topic")
        writer.string(report.topic)
        writer.key("bytes")
        writer.number(Int64(clamping: report.bytes))
        writer.key("bytesTotal")
        writer.number(Int64(clamping: total))
        writer.endObject()
        writer.endLine()
        return ByteBuffer(bytes: writer.bytes)
    }

    private static func line(_ report: TopicCheck.Report, total: UInt64) -> ByteBuffer {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("topic")
        writer.string(report.topic)
        writer.key("bytes")
        writer.number(Int64(clamping: report.bytes))
        writer.key("bytesTotal")
        writer.number(Int64(clamping: total))
        writer.key("report")
        writer.beginObject()
        for (name, count) in [
            ("segments", Int64(report.segments)), ("batches", Int64(report.batches)), ("records", report.records),
            ("bytes", Int64(clamping: report.bytes)), ("tornBytes", Int64(clamping: report.tornBytes)),
        ] {
            writer.key(name)
            writer.number(count)
        }
        writer.key("faults")
        writer.beginArray()
        for fault in report.faults {
            writer.beginObject()
            writer.key("file")
            writer.string(fault.file)
            writer.key("byte")
            writer.number(Int64(clamping: fault.byte))
            writer.key("detail")
            writer.string(fault.detail)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endObject()
        writer.endLine()
        return ByteBuffer(bytes: writer.bytes)
    }
}
