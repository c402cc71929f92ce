package import NIOCore

/// The client's only message of SASL PLAIN: `authzid NUL authcid NUL password`. Source: RFC 4616 §2.
///
/// Two forms, of Weir and of Event Hubs (contracts/kafka.md §9): a user with a password, or the user
/// `$ConnectionString` with a connection string as the password. Printed without its secrets.
package enum SaslPlainMessage: Equatable, Sendable {
    /// A user of the gateway.
    case user(name: String, password: [UInt8])
    /// A policy and its key.
    case policy(SaslPolicyKey)

    /// The user that stands for a connection string.
    package static let connectionStringUser = "$ConnectionString"
    /// Bytes of a message at most.
    package static let bytesMax = 16_384

    /// Reads the message.
    ///
    /// - Parameter message: all of SaslAuthenticate's bytes.
    /// - Throws: ``SaslError/malformed(_:)``; ``SaslError/unsupported(_:)`` when the client wants to act as another.
    package init(reading message: ByteBuffer) throws(SaslError) {
        guard message.readableBytes <= Self.bytesMax else { throw .malformed("longer than \(Self.bytesMax) bytes") }
        let parts = message.readableBytesView.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("not authzid, authcid and password") }
        guard let other = String(validating: parts[0], as: UTF8.self),
            let name = String(validating: parts[1], as: UTF8.self)
        else { throw .malformed("the name is not UTF-8") }
        guard !name.isEmpty, !parts[2].isEmpty else { throw .malformed("name or password is empty") }
        guard other.isEmpty || other == name else { throw .unsupported("acting as another user") }
        guard name == Self.connectionStringUser else {
            self = .user(name: name, password: Array(parts[2]))
            return
        }
        guard let text = String(validating: parts[2], as: UTF8.self) else {
            throw .malformed("the connection string is not UTF-8")
        }
        self = .policy(try SaslPolicyKey(parsing: text))
    }
}

extension SaslPlainMessage: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        switch self {
        case .user(let name, _): "user \(name)"
        case .policy(let key): "\(key)"
        }
    }

    package var debugDescription: String { self.description }
}
