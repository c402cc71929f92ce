/// One thing wrong with a configuration file, as a sentence that says where it is and what was expected.
package struct ConfigurationFault: Error, Equatable, Sendable {
    package var file: String
    /// First line of the file is 1; 0 when the fault is with the file as a whole.
    package var line: Int
    /// The key with its sections, `mqtt.port`; empty for the file as a whole.
    package var key: String
    package var message: String

    package init(file: String, line: Int = 0, key: String = "", message: String) {
        self.file = file
        self.line = line
        self.key = key
        self.message = message
    }
}

extension ConfigurationFault: CustomStringConvertible {
    package var description: String {
        let place = self.line > 0 ? "\(self.file):\(self.line)" : self.file
        return self.key.isEmpty ? "\(place): \(self.message)" : "\(place): \(self.key): \(self.message)"
    }
}

/// Everything wrong with a configuration file at once, so that one run shows all of it.
package struct ConfigurationFaults: Error, Equatable, Sendable {
    package var faults: [ConfigurationFault]

    package init(_ faults: [ConfigurationFault]) {
        self.faults = faults
    }
}
