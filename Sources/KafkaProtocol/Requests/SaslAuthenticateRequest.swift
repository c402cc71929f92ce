package import NIOCore

/// SaslAuthenticate (36): one message of the mechanism chosen. Source: contracts/kafka.md §3, §9.
package struct SaslAuthenticateRequest: KafkaRequest {
    package static let key = APIKey.saslAuthenticate

    /// A slice of the frame. Secret: never log it.
    package var token: ByteBuffer
}

extension SaslAuthenticateRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.token = try fields.bytes()
    }
}

extension SaslAuthenticateRequest: CustomStringConvertible {
    /// Without the token, so that no log line can hold it.
    package var description: String { "SaslAuthenticateRequest(\(self.token.readableBytes) bytes)" }
}
