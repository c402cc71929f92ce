import DeviceRegistry
import HubProtocol

/// Hashes the passwords of requests on threads of their own, before the registry's thread is asked: tens of
/// milliseconds each, which no other request should wait for.
struct PasswordHashing: Sendable {
    /// Passwords hashed at once; each takes 16 MiB meanwhile.
    static let threads = 2

    let pool: BlockingPool

    /// The hash of a body's new password; `nil` when it sets none.
    func hash(of access: AccessBody?) async throws -> PasswordHash? {
        guard let password = try access?.newPassword() else { return nil }
        return try await self.pool.run { try PasswordHash(hashing: password) }
    }

    /// The hashes of many bodies' passwords, by their index; a body whose password is refused has none, because its
    /// own check will say so.
    func hashes(of bodies: [AccessBody?]) async throws -> [Int: PasswordHash] {
        try await withThrowingTaskGroup(of: (Int, PasswordHash).self) { group in
            for (index, body) in bodies.enumerated() {
                guard let password = try? body?.newPassword() else { continue }
                group.addTask { (index, try await self.pool.run { try PasswordHash(hashing: password) }) }
            }
            var hashes = [Int: PasswordHash]()
            for try await (index, hash) in group { hashes[index] = hash }
            return hashes
        }
    }
}
