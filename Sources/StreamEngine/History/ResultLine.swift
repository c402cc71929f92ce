package import StreamSQL
package import TelemetryJSON
internal import TelemetryModel

/// Writes what a query gives as JSON lines.
package enum ResultLine {
    /// A result, with what made it:
    ///
    ///     {"time":"…Z","windowStart":"…Z","kind":"final","into":"hot","result":{…},
    ///      "records":[{"topic":"telemetry","partition":0,"first":4711,"last":4720}]}
    ///
    /// `windowStart` is left out without a window, `into` where the query does not say it.
    package static func write(_ result: QueryResult, of plan: QueryPlan, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("time")
        writer.string(utf8: result.time.iso8601)
        if let start = result.windowStart {
            writer.key("windowStart")
            writer.string(utf8: start.iso8601)
        }
        writer.key("kind")
        writer.string(result.kind.rawValue)
        if let topic = plan.steps[result.step].topic {
            writer.key("into")
            writer.string(topic)
        }
        writer.key("result")
        writer.record(result.record)
        ResultLine.write(result.spans, of: plan, to: &writer)
        writer.endObject()
        writer.endLine()
    }

    /// What could not take part:
    ///
    ///     {"deadLetter":"late","reason":"7,000 ms behind its arrival","records":[…]}
    package static func write(_ letter: QueryDeadLetter, of plan: QueryPlan, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("deadLetter")
        writer.string(letter.cause.rawValue)
        writer.key("reason")
        writer.string(letter.reason)
        ResultLine.write(letter.spans, of: plan, to: &writer)
        writer.endObject()
        writer.endLine()
    }

    private static func write(_ spans: InputSpans, of plan: QueryPlan, to writer: inout JSONWriter) {
        let topics = plan.topics
        writer.key("records")
        writer.beginArray()
        for span in spans.all {
            writer.beginObject()
            if topics.indices.contains(Int(span.input)) {
                writer.key("topic")
                writer.string(topics[Int(span.input)])
            }
            writer.key("partition")
            writer.number(Int64(span.partition))
            writer.key("first")
            writer.number(span.first)
            writer.key("last")
            writer.number(span.last)
            writer.endObject()
        }
        writer.endArray()
    }
}
