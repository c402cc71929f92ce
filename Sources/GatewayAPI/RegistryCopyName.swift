/// Names of the registry's copies: a backup makes one in the data folder and removes its name when it has it open. What a
/// gateway that was killed has left is removed at the next start; it holds keys.
package enum RegistryCopyName {
    /// What SQLite may keep beside a database, and nothing for the database itself.
    static let suffixes = ["", "-wal", "-shm", "-journal"]
    private static let prefix = "backup-"
    private static let ending = ".sqlite"
    private static let digits = "0123456789abcdef"

    /// A name that no other backup has.
    static func make() -> String {
        "\(prefix)\(String(UInt64.random(in: .min ... .max), radix: 16))\(ending)"
    }

    /// Whether a name is one of a copy, or of what SQLite keeps beside one.
    package static func isOne(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), let suffix = suffixes.last(where: { name.hasSuffix(ending + $0) }) else {
            return false
        }
        let number = name.dropFirst(prefix.count).dropLast((ending + suffix).count)
        return (1...16).contains(number.count) && number.allSatisfy { digits.contains($0) }
    }
}
