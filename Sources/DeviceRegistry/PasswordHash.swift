import Crypto
import CryptoExtras
import FoundationEssentials

/// A password as the registry keeps it: salted, slow to try, with its parameters in the text.
///
///     $scrypt$ln=14,r=8,p=1$<salt, base64 without =>$<hash, base64 without =>
///
/// scrypt with N = 2^14, r = 8, p = 1 takes 16 MiB and tens of milliseconds for one try. Making and checking block for
/// that long: never on an event loop, nor on the cooperative pool.
/// Source: RFC 7914; the text is the PHC string format.
package struct PasswordHash: Hashable, Sendable {
    /// The cost of one try.
    package struct Parameters: Hashable, Sendable {
        /// log₂ of N; a try needs 128 · N · r bytes.
        package var costLog2: Int
        /// r.
        package var blockSize: Int
        /// p.
        package var parallelism: Int

        /// What new passwords are hashed with.
        package static let standard = Parameters(costLog2: 14, blockSize: 8, parallelism: 1)

        /// Parameters; a stored text with others than these bounds allow is not a hash: 2^17 · 8 is 128 MiB.
        package init?(checking costLog2: Int, blockSize: Int, parallelism: Int) {
            guard (1...17).contains(costLog2), (1...8).contains(blockSize), (1...8).contains(parallelism) else {
                return nil
            }
            self.init(costLog2: costLog2, blockSize: blockSize, parallelism: parallelism)
        }

        private init(costLog2: Int, blockSize: Int, parallelism: Int) {
            self.costLog2 = costLog2
            self.blockSize = blockSize
            self.parallelism = parallelism
        }
    }

    /// Bytes of a password, from and to.
    package static let passwordBytes = 8...256
    private static let saltBytes = 16
    private static let hashBytes = 32

    /// What one try costs.
    package let parameters: Parameters
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Hashes a new password under a new salt. Slow; see the type.
    ///
    /// - Parameters:
    ///   - password: any bytes.
    ///   - parameters: the cost.
    /// - Throws: what the crypto library says: no memory.
    package init(hashing password: [UInt8], parameters: Parameters = .standard) throws {
        let salt = SymmetricKey(size: SymmetricKeySize(bitCount: PasswordHash.saltBytes * 8)).withUnsafeBytes(
            Array.init
        )
        self.parameters = parameters
        self.salt = salt
        self.hash = try PasswordHash.derive(password, salt: salt, parameters: parameters)
    }

    /// Reads the stored text; `nil` when it is none, whatever it holds.
    package init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        var numbers = [Substring: Int]()
        for pair in parts[2].split(separator: ",") {
            let sides = pair.split(separator: "=")
            guard sides.count == 2, let number = Int(sides[1]) else { return nil }
            numbers[sides[0]] = number
        }
        guard let costLog2 = numbers["ln"], let blockSize = numbers["r"], let parallelism = numbers["p"],
            let parameters = Parameters(checking: costLog2, blockSize: blockSize, parallelism: parallelism),
            let salt = PasswordHash.bytes(parts[3]), !salt.isEmpty,
            let hash = PasswordHash.bytes(parts[4]), hash.count == PasswordHash.hashBytes
        else { return nil }
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// The text to store.
    package var text: String {
        let numbers = self.parameters
        let cost = "ln=\(numbers.costLog2),r=\(numbers.blockSize),p=\(numbers.parallelism)"
        return "$scrypt$\(cost)$\(PasswordHash.base64(self.salt))$\(PasswordHash.base64(self.hash))"
    }

    /// A hash that no password has, of the standard cost: what is tried for a name that is unknown, so that the time
    /// tells nothing.
    package static let decoy = PasswordHash(
        parameters: .standard,
        salt: Array(repeating: 0x57, count: PasswordHash.saltBytes),
        hash: Array(repeating: 0, count: PasswordHash.hashBytes)
    )

    private init(parameters: Parameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// Whether this is the password. Slow; see the type. Compared in constant time.
    ///
    /// - Parameter password: any bytes.
    /// - Returns: whether it is the one that was hashed.
    /// - Throws: what the crypto library says: no memory. That is no refusal.
    package func matches(_ password: [UInt8]) throws -> Bool {
        let derived = try PasswordHash.derive(password, salt: self.salt, parameters: self.parameters)
        var difference: UInt8 = 0
        for (one, other) in zip(derived, self.hash) { difference |= one ^ other }
        return difference == 0 && derived.count == self.hash.count
    }

    private static func derive(_ password: [UInt8], salt: [UInt8], parameters: Parameters) throws -> [UInt8] {
        try KDF.Scrypt.deriveKey(
            from: password,
            salt: salt,
            outputByteCount: PasswordHash.hashBytes,
            rounds: 1 << parameters.costLog2,
            blockSize: parameters.blockSize,
            parallelism: parameters.parallelism
        ).withUnsafeBytes(Array.init)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)).map(Array.init)
    }
}
