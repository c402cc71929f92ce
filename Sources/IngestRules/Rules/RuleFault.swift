/// One fault of a rule file.
package struct RuleFault: Error, Equatable, Sendable {
    /// From 1.
    package var line: Int
    /// The key with its rule: `tasmota-sensor.format`.
    package var key: String
    /// What was found.
    package var value: String?
    /// What was expected.
    package var expected: String

    /// A fault.
    package init(line: Int, key: String, value: String?, expected: String) {
        self.line = line
        self.key = key
        self.value = value
        self.expected = expected
    }
}

/// All faults of a rule file, at least one.
package struct RuleFaults: Error, Equatable, Sendable {
    package var faults: [RuleFault]

    /// Faults.
    package init(faults: [RuleFault]) {
        self.faults = faults
    }
}
