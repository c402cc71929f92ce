package import NIOCore

/// Who keeps a group. Source: contracts/kafka.md §3.
package struct FindCoordinatorAnswer: KafkaAnswer {
    package var error: KafkaError
    /// Why, in words. Version 1 on.
    package var message: String?
    /// -1 with an error.
    package var nodeID: Int32
    /// Of the listener the client came in on; empty with an error.
    package var host: String
    /// -1 with an error.
    package var port: Int32

    /// This node keeps it.
    package init(_ broker: MetadataAnswer.Broker) {
        self.error = .noError
        self.message = nil
        self.nodeID = broker.nodeID
        self.host = broker.host
        self.port = broker.port
    }

    /// Nobody keeps it.
    package init(error: KafkaError, message: String? = nil) {
        self.error = error
        self.message = message
        self.nodeID = -1
        self.host = ""
        self.port = -1
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 1 { buffer.writeThrottle() }
        buffer.writeError(self.error)
        if version >= 1 { buffer.writeKafkaString(self.message) }
        buffer.writeInteger(self.nodeID)
        buffer.writeKafkaString(self.host)
        buffer.writeInteger(self.port)
    }
}
