internal import EventLog

extension StreamResult {
    /// The record of the output topic, with the headers that say what made it.
    func record(stream: String, topic: String) -> NewRecord {
        var headers = [
            RecordHeader(
                name: StreamSource.headerName,
                value: self.source.headerValue(stream: stream, topic: topic)
            )
        ]
        if let reason = self.reason {
            headers += [
                RecordHeader(name: "reason", value: Array(reason.utf8)),
                RecordHeader(name: "source-topic", value: Array(topic.utf8)),
                RecordHeader(name: "source-partition", value: Array("\(self.source.partition)".utf8)),
                RecordHeader(name: "source-offset", value: Array("\(self.source.offset)".utf8)),
            ]
        }
        return NewRecord(key: self.key, value: self.value, headers: headers)
    }
}
