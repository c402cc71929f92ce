import Crypto
import DeviceRegistry
import Synchronization
import TelemetryModel

/// Checks passwords against their slow hashes, a few at a time, and remembers those that were right.
///
/// - One check takes tens of milliseconds of one core and 16 MiB (``PasswordHash``); ``lanesMax`` run at once, the
///   others wait, each address in its turn, and one too many is told to come again. A check whose caller is cancelled
///   before it begins is not made.
/// - A right password is remembered as its HMAC under a key that this process made and never writes down, with the
///   identity's etag: a device that reconnects costs microseconds, and any change of the identity ends the memory. The
///   memory gives nothing away that a reader of this process's memory would not find in the CONNECT packets; on the
///   disk there are slow hashes only.
/// - A wrong password, and an unknown name, always cost one slow check: their time tells nothing.
final class PasswordVerifier: Sendable {
    /// Checks at once.
    static let lanesMax = 2
    /// CONNECTs that may wait for a lane: 10,000 devices that come back at once find a place.
    static let callersMax = 16_384
    /// Remembered passwords, some 120 bytes each; beyond it the memory begins anew.
    static let rememberedMax = 65_536

    private struct Remembered {
        var etag: String
        var code: HashedAuthenticationCode<SHA256>
    }

    private let key = SymmetricKey(size: .bits256)
    private let lanes: SlowLanes
    private let remembered = Mutex<[Principal: Remembered]>([:])

    /// A verifier with nothing remembered.
    init(lanes: SlowLanes = SlowLanes(count: PasswordVerifier.lanesMax, callersMax: PasswordVerifier.callersMax)) {
        self.lanes = lanes
    }

    /// Whether this is the principal's password.
    ///
    /// - Parameters:
    ///   - password: what the client gave.
    ///   - hash: the principal's; `nil` when there is no such principal or it has none.
    ///   - principal: whose.
    ///   - etag: of the identity as it was read with `hash`.
    ///   - source: the client's address.
    /// - Returns: `false` for a wrong one, and when there is none.
    /// - Throws: `AuthenticationRefusal.unavailable` when too many wait; no memory.
    func matches(
        _ password: [UInt8],
        _ hash: PasswordHash?,
        of principal: Principal,
        etag: String,
        from source: String
    ) async throws -> Bool {
        if hash != nil, let known = self.remembered.withLock({ $0[principal] }), known.etag == etag,
            HMAC<SHA256>.isValidAuthenticationCode(known.code, authenticating: password, using: self.key)
        {
            return true
        }
        let isRight: Bool
        do {
            isRight = try await self.lanes.run(for: source) { try (hash ?? .decoy).matches(password) && hash != nil }
        } catch is SlowLanes.Full {
            throw AuthenticationRefusal.unavailable("too many passwords wait for their check")
        }
        guard isRight else { return false }
        let code = HMAC<SHA256>.authenticationCode(for: password, using: self.key)
        self.remembered.withLock { remembered in
            if remembered.count >= PasswordVerifier.rememberedMax { remembered.removeAll() }
            remembered[principal] = Remembered(etag: etag, code: code)
        }
        return true
    }
}
