import EventLog
import MQTTCodec
import NIOCore

extension RoutedMessage {
    /// Encodes the message's record behind those staged before.
    func stage(into appender: LogAppender) {
        guard let record else { return }
        var entry = JournalMessage(sequence: record.sequence, qos: self.message.qos)
        entry.setsRetained = self.setsRetained
        entry.retain = self.message.retain
        entry.expiresAt = self.message.expiresAt
        entry.origin = self.origin
        entry.properties = self.message.journaledProperties
        if let will { entry.will = JournalMessage.Will(time: will.time, session: will.session) }
        entry.recipients = self.waiting.map { delivery in
            JournalMessage.Recipient(
                session: delivery.session.number,
                qos: delivery.qos,
                isRetained: delivery.isRetained,
                packetID: delivery.packetID,
                subscriptionIDs: delivery.subscriptionIDs,
                wasAway: delivery.wasAway
            )
        }
        var headers = EncodedHeaders()
        headers.append(name: JournalMessage.headerName.utf8, value: entry.bytes)
        appender.stage(
            RecordTemplate(key: Array(self.message.topic.readableBytesView), partition: 0),
            value: self.message.payload,
            properties: headers
        )
    }
}
