/// What the server keeps of a user to check SCRAM: no password. Source: RFC 5802 §3.
///
/// A user may have several passwords at a time, as a policy has two keys: they share salt and iterations, since the
/// server names these before it knows which one the client has.
package struct ScramCredential: Equatable, Sendable {
    /// What is kept of one password.
    package struct Keys: Equatable, Sendable {
        /// H(ClientKey).
        package var storedKey: [UInt8]
        /// HMAC(SaltedPassword, "Server Key").
        package var serverKey: [UInt8]
    }

    /// Iterations that RFC 7677 §4 asks for at least; enough for keys that are random.
    package static let iterationsDefault = 4_096
    /// Bytes of a new salt.
    package static let saltBytes = 16

    /// The hash function.
    package let hash: ScramHash
    /// The salt.
    package let salt: [UInt8]
    /// PBKDF2's.
    package let iterations: Int
    /// One for each password; none when nobody can log in.
    package let keys: [Keys]

    /// Derives a credential; costs milliseconds for each password, so not on an event loop.
    ///
    /// Passwords that are not ASCII are taken as their UTF-8 bytes, without SASLprep.
    ///
    /// - Parameters:
    ///   - hash: the mechanism's.
    ///   - passwords: UTF-8.
    ///   - salt: random bytes of this user.
    ///   - iterations: at least 1.
    package init(
        hash: ScramHash,
        passwords: [[UInt8]],
        salt: [UInt8],
        iterations: Int = ScramCredential.iterationsDefault
    ) {
        self.hash = hash
        self.salt = salt
        self.iterations = iterations
        self.keys = passwords.map { password in
            let salted = hash.saltedPassword(password, salt: salt, iterations: iterations)
            let clientKey = hash.authenticationCode(salted, Array("Client Key".utf8))
            return Keys(
                storedKey: hash.digest(clientKey),
                serverKey: hash.authenticationCode(salted, Array("Server Key".utf8))
            )
        }
    }

    /// The credential of a user that does not exist: always the same salt for the same name, which no proof opens.
    ///
    /// - Parameters:
    ///   - name: as the client gave it.
    ///   - hash: the mechanism's.
    ///   - secret: random bytes of this process.
    package init(ofUnknown name: String, hash: ScramHash, secret: [UInt8]) {
        self.hash = hash
        self.salt = Array(hash.authenticationCode(secret, Array(name.utf8)).prefix(Self.saltBytes))
        self.iterations = Self.iterationsDefault
        self.keys = []
    }
}
