/// One key of `gateway.yaml`: its name, what it accepts and its default.
///
/// The table ``ConfigurationKey/all`` is what the file, the environment and `--set` are checked against.
package struct ConfigurationKey: Sendable {
    /// What a key accepts.
    package enum Kind: Equatable, Sendable {
        /// 0 picks a free port, `off` switches the listener off.
        case port
        /// A whole number in this range.
        case integer(ClosedRange<Int>)
        /// `true` or `false`.
        case boolean
        /// One of these words.
        case word([String])
        /// Any text; empty means unset.
        case text
        /// Names separated by commas, or a YAML list.
        case list
    }

    /// `section.name`, lower camel case.
    package let name: String
    /// What it accepts.
    package let kind: Kind
    /// The default as text.
    package let standard: String

    /// What the key accepts, in words for an error.
    package var expectation: String {
        switch self.kind {
        case .port: "a port from 1 to 65535, 0 for a free one, or off"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .text: "a text"
        case .list: "a list of names"
        }
    }

    /// Whether `text` is a value of this key.
    package func accepts(_ text: String) -> Bool {
        switch self.kind {
        case .port: text == "off" || Int(text).map { (0...65_535).contains($0) } ?? false
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .boolean: text == "true" || text == "false"
        case .word(let words): words.contains(text)
        case .text, .list: true
        }
    }

    /// The environment's name for the key: `mqtt.tlsPort` is `WEIR_MQTT_TLS_PORT`.
    package var environmentName: String {
        var name = "WEIR_"
        for character in self.name {
            if character == "." {
                name.append("_")
            } else {
                if character.isUppercase { name.append("_") }
                name.append(contentsOf: character.uppercased())
            }
        }
        return name
    }

    /// Every key, in the order of `config/gateway.yaml`.
    package static let all: [ConfigurationKey] = [
        ConfigurationKey(name: "hub.names", kind: .list, standard: ""),
        ConfigurationKey(name: "mqtt.host", kind: .text, standard: "127.0.0.1"),
        ConfigurationKey(name: "mqtt.port", kind: .port, standard: "1883"),
        ConfigurationKey(name: "mqtt.tlsHost", kind: .text, standard: "0.0.0.0"),
        ConfigurationKey(name: "mqtt.tlsPort", kind: .port, standard: "8883"),
        ConfigurationKey(name: "mqtt.threads", kind: .integer(0...64), standard: "0"),
        ConfigurationKey(name: "mqtt.connectionsMax", kind: .integer(1...1_000_000), standard: "16000"),
        ConfigurationKey(name: "mqtt.connectTimeoutSeconds", kind: .integer(1...300), standard: "10"),
        ConfigurationKey(name: "mqtt.packetSizeMaxBytes", kind: .integer(1_024...268_435_455), standard: "393216"),
        ConfigurationKey(name: "http.host", kind: .text, standard: "127.0.0.1"),
        ConfigurationKey(name: "http.port", kind: .port, standard: "8080"),
        ConfigurationKey(name: "http.metricsAnonymous", kind: .boolean, standard: "true"),
        ConfigurationKey(name: "tls.certificateFile", kind: .text, standard: ""),
        ConfigurationKey(name: "tls.keyFile", kind: .text, standard: ""),
        ConfigurationKey(name: "log.partitions", kind: .integer(1...32), standard: "4"),
        ConfigurationKey(
            name: "log.segmentSizeMaxBytes",
            kind: .integer(1_048_576...1_073_741_824),
            standard: "134217728"
        ),
        ConfigurationKey(name: "log.pendingMaxBytes", kind: .integer(1_048_576...1_073_741_824), standard: "67108864"),
        ConfigurationKey(name: "streams.checkpointSeconds", kind: .integer(1...3_600), standard: "10"),
        ConfigurationKey(
            name: "logging.level",
            kind: .word(["trace", "debug", "info", "notice", "warning", "error"]),
            standard: "info"
        ),
    ]
}
