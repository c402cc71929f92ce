/// Names of topics, which are names of folders too.
package enum TopicName {
    /// Characters at most.
    package static let lengthMax = 249

    /// Topics that the gateway makes and writes, besides those whose names begin with `_`.
    private static let ofGateway: Set<String> = [
        "telemetry", "twin-changes", "lifecycle", "commands", "alerts", "dead-letter", "windows",
    ]

    /// Whether the gateway itself makes and writes the topic. The times of its records are the log's: the streams have no
    /// other clock.
    package static func isOfGateway(_ name: String) -> Bool {
        name.hasPrefix("_") || TopicName.ofGateway.contains(name)
    }

    /// Whether `name` has 1 to 249 of `A–Z a–z 0–9 . _ -` and is not `.` or `..`. Source: contracts/kafka.md §7.
    package static func isValid(_ name: String) -> Bool {
        guard (1...TopicName.lengthMax).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
