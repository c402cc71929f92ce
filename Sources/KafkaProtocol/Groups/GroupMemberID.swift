/// Ids of new members.
package enum GroupMemberID {
    /// Bytes of the client's own name that go into an id.
    package static let clientIDBytesMax = 64

    /// A new id: the client's name, cut to 64 bytes between two scalars, and 128 random bits.
    package static func make(clientID: String, using random: inout some RandomNumberGenerator) -> String {
        let prefix = clientID.prefix(utf8BytesMax: Self.clientIDBytesMax)
        let digits = [random.next(), random.next()].map { number -> String in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "\(prefix)-\(digits[0])\(digits[1])"
    }
}
