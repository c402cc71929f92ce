package import NIOCore

/// The server's side of SCRAM-SHA-256 or SCRAM-SHA-512, without channel binding: two rounds.
///
/// ```
/// client  n,,n=user,r=clientNonce                        receivedFirst  → the name; the caller looks up its credential
/// server  r=clientNonce+serverNonce,s=salt,i=iterations  challenge
/// client  c=biws,r=…,p=proof                             receivedFinal  → who it is, or not
/// server  v=signature
/// ```
/// Pure; every failure ends it. A failing client is not told why (no `e=`): contracts/kafka.md §9.
/// Source: RFC 5802, RFC 7677.
package struct ScramServer: Sendable {
    /// A client that has proved who it is.
    package struct Success: Equatable, Sendable {
        /// The server's proof, the bytes of the last answer.
        package var message: ByteBuffer
        /// Which of ``ScramCredential/keys`` it was.
        package var keyIndex: Int
    }

    private enum State {
        case awaitingFirst
        /// `header` is what the final message must repeat; `bare` is the first message behind it.
        case awaitingCredential(header: String, bare: String, clientNonce: String)
        case awaitingFinal(header: String, messages: String, nonce: String, ScramCredential)
        case ended
    }

    /// The hash function of the mechanism.
    package let hash: ScramHash
    private let serverNonce: String
    private var state = State.awaitingFirst

    /// Random bits of a nonce.
    package static let nonceBits = 192

    /// A server for one connection.
    ///
    /// - Parameters:
    ///   - hash: of the mechanism.
    ///   - random: gives the nonce.
    package init(hash: ScramHash, using random: inout some RandomNumberGenerator) {
        let numbers = (0..<Self.nonceBits / 64).map { _ in String(random.next() as UInt64, radix: 36) }
        self.init(hash: hash, nonce: numbers.joined(separator: "-"))
    }

    /// A server with this nonce, printable ASCII without comma.
    package init(hash: ScramHash, nonce: String) {
        self.hash = hash
        self.serverNonce = nonce
    }

    /// The client's first message.
    ///
    /// - Parameter message: all of SaslAuthenticate's bytes.
    /// - Returns: the user's name. Look up its credential, or make that of an unknown user, and call ``challenge(_:)``.
    /// - Throws: ``SaslError/malformed(_:)``, ``SaslError/unsupported(_:)``.
    package mutating func receivedFirst(_ message: ByteBuffer) throws(SaslError) -> String {
        guard case .awaitingFirst = self.end() else { throw .malformed("a first message out of turn") }
        let text = try Self.text(message)
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("no header") }
        guard parts[0] == "n" || parts[0] == "y" else {
            if parts[0].hasPrefix("p=") { throw .unsupported("channel binding") }
            throw .malformed("no channel binding flag")
        }
        let fields = try ScramFields.split(parts[2])
        guard fields.first?.name != "m" else { throw .unsupported("a mandatory extension") }
        guard fields.count >= 2, fields[0].name == "n", fields[1].name == "r" else {
            throw .malformed("no name and nonce")
        }
        let name = try ScramFields.name(fields[0].value)
        if !parts[1].isEmpty {
            guard parts[1].hasPrefix("a=") else { throw .malformed("no authzid") }
            guard try ScramFields.name(parts[1].dropFirst(2)) == name else {
                throw .unsupported("acting as another user")
            }
        }
        guard ScramFields.isNonce(fields[1].value) else { throw .malformed("the nonce") }
        self.state = .awaitingCredential(
            header: "\(parts[0]),\(parts[1]),",
            bare: String(parts[2]),
            clientNonce: String(fields[1].value)
        )
        return name
    }

    /// The server's first message, once the credential is found.
    ///
    /// - Parameter credential: the user's, of this mechanism's hash; or
    ///   ``ScramCredential/init(ofUnknown:hash:secret:)``.
    /// - Returns: the bytes of the answer.
    /// - Throws: ``SaslError/malformed(_:)`` out of turn.
    package mutating func challenge(_ credential: ScramCredential) throws(SaslError) -> ByteBuffer {
        guard case .awaitingCredential(let header, let bare, let clientNonce) = self.end() else {
            throw .malformed("a challenge out of turn")
        }
        precondition(credential.hash == self.hash, "the credential is of the mechanism's hash")
        let nonce = clientNonce + self.serverNonce
        let message = "r=\(nonce),s=\(ScramFields.base64(credential.salt)),i=\(credential.iterations)"
        self.state = .awaitingFinal(header: header, messages: "\(bare),\(message)", nonce: nonce, credential)
        return ByteBuffer(string: message)
    }

    /// The client's last message.
    ///
    /// - Parameter message: all of SaslAuthenticate's bytes.
    /// - Returns: the answer, when the proof is right.
    /// - Throws: ``SaslError``; the connection is then refused and closed.
    package mutating func receivedFinal(_ message: ByteBuffer) throws(SaslError) -> Success {
        guard case .awaitingFinal(let header, let messages, let nonce, let credential) = self.end() else {
            throw .malformed("a last message out of turn")
        }
        let text = try Self.text(message)
        let fields = try ScramFields.split(text[...])
        guard fields.count >= 3, fields[0].name == "c", fields[1].name == "r", let last = fields.last, last.name == "p"
        else { throw .malformed("no binding, nonce and proof") }
        guard let binding = ScramFields.bytes(base64: fields[0].value), binding == Array(header.utf8) else {
            throw .malformed("the binding is not that of the first message")
        }
        // librdkafka 2.0, Debian's, sends its own part twice, which Kafka never minded: the server's part is in it.
        let isRepeated = fields[1].value == nonce.dropLast(self.serverNonce.count) + nonce
        guard fields[1].value == nonce || isRepeated else {
            throw .malformed("the nonce is not that of the challenge")
        }
        guard let proof = ScramFields.bytes(base64: last.value), proof.count == self.hash.byteCount else {
            throw .malformed("the proof")
        }
        // Without ",p=" and the proof.
        let withoutProof = text.utf8.dropLast(last.value.utf8.count + 3)
        let signed = Array(messages.utf8) + [UInt8(ascii: ",")] + withoutProof
        guard let index = self.index(of: proof, signed, credential) else { throw .wrongProof }
        let signature = self.hash.authenticationCode(credential.keys[index].serverKey, signed)
        return Success(message: ByteBuffer(string: "v=\(ScramFields.base64(signature))"), keyIndex: index)
    }

    /// Which keys the proof was made with; all are tried, so that the time does not tell which.
    private func index(of proof: [UInt8], _ signed: [UInt8], _ credential: ScramCredential) -> Int? {
        var found: Int?
        for (index, keys) in credential.keys.enumerated() {
            let signature = self.hash.authenticationCode(keys.storedKey, signed)
            let clientKey = zip(proof, signature).map { $0 ^ $1 }
            if ConstantTime.isEqual(self.hash.digest(clientKey), keys.storedKey), found == nil { found = index }
        }
        return found
    }

    /// Takes the state out: what puts nothing back has ended.
    private mutating func end() -> State {
        exchange(&self.state, with: .ended)
    }

    private static func text(_ message: ByteBuffer) throws(SaslError) -> String {
        guard message.readableBytes <= ScramFields.messageBytesMax else {
            throw .malformed("longer than \(ScramFields.messageBytesMax) bytes")
        }
        guard let text = String(validating: message.readableBytesView, as: UTF8.self) else {
            throw .malformed("not UTF-8")
        }
        return text
    }
}
