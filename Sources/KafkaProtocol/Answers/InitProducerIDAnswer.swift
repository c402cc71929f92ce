package import NIOCore

/// A producer's number. Source: contracts/kafka.md §3, §5.5.
package struct InitProducerIDAnswer: KafkaAnswer {
    package var error: KafkaError
    /// Never handed out before; -1 with an error.
    package var producerID: Int64
    /// -1 with an error.
    package var producerEpoch: Int16

    /// A number.
    package init(producerID: Int64, producerEpoch: Int16) {
        self.error = .noError
        self.producerID = producerID
        self.producerEpoch = producerEpoch
    }

    /// No number.
    package init(error: KafkaError) {
        self.error = error
        self.producerID = -1
        self.producerEpoch = -1
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeThrottle()
        buffer.writeError(self.error)
        buffer.writeInteger(self.producerID)
        buffer.writeInteger(self.producerEpoch)
    }
}
