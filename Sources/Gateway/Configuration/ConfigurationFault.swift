/// One fault of the configuration: where, which key, what was found, what was expected.
package struct ConfigurationFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file with its line, the environment variable or `--set`.
    package var origin: String
    /// The key, when the fault is one key's.
    package var key: String?
    /// What was found.
    package var value: String?
    /// What was expected.
    package var expected: String

    package var description: String {
        let subject = self.key.map { " \($0)" } ?? ""
        let found = self.value.map { " is “\($0)”" } ?? ""
        return "\(self.origin):\(subject)\(found); expected \(self.expected)"
    }
}

/// All faults of one configuration.
package struct ConfigurationFaults: Error, Equatable, Sendable, CustomStringConvertible {
    /// At least one.
    package var faults: [ConfigurationFault]

    package var description: String {
        self.faults.map(\.description).joined(separator: "\n")
    }
}
