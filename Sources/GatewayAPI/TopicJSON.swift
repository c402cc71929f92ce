import EventLog
import LogFormat
import TelemetryJSON

/// Writes a topic as the API answers it.
enum TopicJSON {
    static func write(_ topic: LogTopic, withSettings: Bool = false, to writer: inout JSONWriter) {
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
        if withSettings {
            writer.key("segments")
            writer.number(topic.segmentSummaries.count)
            writer.key("settings")
            TopicJSON.write(topic.settings, to: &writer)
        }
        writer.endObject()
    }

    private static func write(_ settings: TopicSettings, to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, limit) in [
            ("retentionMilliseconds", settings.retentionMilliseconds), ("retentionBytes", settings.retentionBytes),
        ] {
            writer.key(name)
            if let limit { writer.number(limit) } else { writer.null() }
        }
        writer.key("segmentBytesMax")
        writer.number(settings.segmentBytesMax)
        writer.key("segmentMillisecondsMax")
        writer.number(settings.segmentMillisecondsMax)
        writer.key("messageBytesMax")
        writer.number(settings.messageBytesMax)
        writer.key("timestampType")
        writer.string(settings.timestampType.rawValue)
        writer.endObject()
    }
}
