package import NIOCore

/// The body of an answer.
package protocol KafkaAnswer: Equatable, Sendable {
    /// Writes the body without length and correlation id, in the shape of `version`, the request's.
    func write(to buffer: inout ByteBuffer, version: Int16)
}

extension KafkaAnswer {
    /// Writes the whole frame: length, correlation id, body. Answer header v0, also for ApiVersions v3.
    package func writeFrame(to buffer: inout ByteBuffer, correlationID: Int32, version: Int16) {
        let start = buffer.writerIndex
        buffer.writeInteger(Int32(0))
        buffer.writeInteger(correlationID)
        self.write(to: &buffer, version: version)
        let length = buffer.writerIndex - start - KafkaFrameDecoder.lengthBytes
        buffer.setInteger(Int32(clamping: length), at: start)
    }
}
