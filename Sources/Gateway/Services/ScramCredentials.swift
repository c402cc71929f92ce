import HubProtocol
import KafkaProtocol
import Synchronization

/// What SCRAM needs of the policies' keys, derived once per process under salts of its own.
///
/// The keys themselves lie in `credentials.json`; the derived ones are never written down.
final class ScramCredentials: Sendable {
    private struct Key: Hashable {
        var policy: String
        var hash: ScramHash
    }

    private let credentials = Mutex<[Key: ScramCredential]>([:])

    /// The credential of a policy; the first time it takes some milliseconds.
    func credential(of policy: ServicePolicy, hash: ScramHash) -> ScramCredential {
        let key = Key(policy: policy.name, hash: hash)
        if let known = self.credentials.withLock({ $0[key] }) { return known }
        let made = ScramCredential(
            hash: hash,
            passwords: [Array(policy.primaryKey.utf8), Array(policy.secondaryKey.utf8)],
            salt: (0..<ScramCredential.saltBytes).map { _ in UInt8.random(in: .min ... .max) }
        )
        return self.credentials.withLock { credentials in
            // Another may have been quicker: a salt that a client was told stays.
            if let known = credentials[key] { return known }
            credentials[key] = made
            return made
        }
    }
}
