import EventLog
import TelemetryJSON

/// Writes a topic as the API answers it.
enum TopicJSON {
    static func write(_ topic: LogTopic, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(topic.name)
        writer.key("status")
        switch topic.status {
        case .open:
            writer.string("open")
        case .fenced(let reason):
            writer.string("fenced")
            writer.key("reason")
            writer.string("\(reason)")
        case .closed:
            writer.string("closed")
        }
        writer.key("partitions")
        writer.number(topic.partitionCount)
        writer.key("records")
        writer.number(Int64(topic.recordCount))
        writer.key("bytes")
        writer.number(Int64(topic.storedBytes))
        for (name, offsets) in [("startOffsets", topic.startOffsets), ("endOffsets", topic.endOffsets)] {
            writer.key(name)
            writer.beginArray()
            for offset in offsets { writer.number(offset) }
            writer.endArray()
        }
        writer.endObject()
    }
}
