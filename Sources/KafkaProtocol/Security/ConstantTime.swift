/// Comparing secrets.
package enum ConstantTime {
    /// Whether two secrets are equal, in a time that depends on their lengths only.
    package static func isEqual(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(one, other) { difference |= left ^ right }
        return difference == 0
    }
}
