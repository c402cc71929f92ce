import DeviceRegistry

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
        /// The same of host names.
        case hosts
        /// The same of topic filters that may be granted.
        case filters
        /// A topic name, to which levels are appended.
        case topic
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
        case .hosts: "host names of letters, digits, “-” and “.”, separated by commas"
        case .filters: "a list of topic filters, none of them of the hub's own topics"
        case .topic:
            "a topic name of at most \(ConfigurationKey.topicBytesMax) bytes without + and #, none of the hub's own topics"
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
        case .hosts:
            // RFC 952, RFC 1123 section 2.1; `_` because container networks use it.
            ConfigurationKey.list(text).allSatisfy { name in
                name.utf8.count <= 253
                    && name.unicodeScalars.allSatisfy {
                        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                            || ["-", ".", "_"].contains($0)
                    }
            }
        case .filters: ConfigurationKey.list(text).allSatisfy { TopicGrants.fault(of: $0) == nil }
        case .topic:
            text.utf8.count <= ConfigurationKey.topicBytesMax && TopicGrants.fault(of: text) == nil
                && !text.contains { "+#{}".contains($0) } && !text.hasPrefix("/") && !text.hasSuffix("/")
        }
    }

    /// UTF-8 bytes of a topic name.
    private static let topicBytesMax = 256

    /// The entries of a list's text, without the spaces around them.
    package static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { entry in
            let start = entry.drop(while: \.isWhitespace)
            let spaces = start.reversed().prefix(while: \.isWhitespace).count
            return String(start.dropLast(spaces))
        }.filter { !$0.isEmpty }
    }

    /// The environment's name for the key: `mqtt.tlsPort` is `WEIR_MQTT_TLS_PORT`.
    package var environmentName: String { ConfigurationKey.environmentName(of: self.name) }

    /// What the environment's names of a section begin with: `WEIR_HOME_ASSISTANT_`.
    var environmentSection: String {
        ConfigurationKey.environmentName(of: self.name.prefix { $0 != "." }) + "_"
    }

    private static func environmentName(of key: some StringProtocol) -> String {
        var name = "WEIR_"
        for character in key {
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
        ConfigurationKey(name: "hub.names", kind: .hosts, standard: ""),
        ConfigurationKey(name: "hub.idScope", kind: .text, standard: "weir"),
        ConfigurationKey(name: "hub.messageLifeSeconds", kind: .integer(60...172_800), standard: "3600"),
        ConfigurationKey(name: "mqtt.host", kind: .text, standard: "127.0.0.1"),
        ConfigurationKey(name: "mqtt.port", kind: .port, standard: "1883"),
        ConfigurationKey(name: "mqtt.tlsHost", kind: .text, standard: "0.0.0.0"),
        ConfigurationKey(name: "mqtt.tlsPort", kind: .port, standard: "8883"),
        ConfigurationKey(name: "mqtt.threads", kind: .integer(0...64), standard: "0"),
        ConfigurationKey(name: "mqtt.connectionsMax", kind: .integer(1...1_000_000), standard: "16000"),
        ConfigurationKey(name: "mqtt.connectTimeoutSeconds", kind: .integer(1...300), standard: "10"),
        ConfigurationKey(name: "mqtt.packetSizeMaxBytes", kind: .integer(1_024...8_388_608), standard: "393216"),
        ConfigurationKey(name: "mqtt.connectRatePerSecondMax", kind: .integer(1...100_000), standard: "500"),
        ConfigurationKey(name: "mqtt.connectBurstMax", kind: .integer(1...1_000_000), standard: "1000"),
        ConfigurationKey(name: "mqtt.keepAliveMaxSeconds", kind: .integer(10...43_690), standard: "1178"),
        ConfigurationKey(name: "mqtt.inflightMax", kind: .integer(1...65_535), standard: "1000"),
        ConfigurationKey(name: "mqtt.topicAliasMax", kind: .integer(0...65_535), standard: "32"),
        ConfigurationKey(
            name: "mqtt.bufferedMaxBytes",
            kind: .integer(1_048_576...1_099_511_627_776),
            standard: "268435456"
        ),
        ConfigurationKey(name: "mqtt.sessionsMax", kind: .integer(1...10_000_000), standard: "200000"),
        ConfigurationKey(name: "mqtt.sessionsPerIdentityMax", kind: .integer(1...100_000), standard: "1000"),
        ConfigurationKey(name: "mqtt.subscriptionsMax", kind: .integer(1...100_000), standard: "1000"),
        ConfigurationKey(name: "mqtt.sessionExpiryMaxSeconds", kind: .integer(0...4_294_967_295), standard: "604800"),
        ConfigurationKey(name: "mqtt.sessionQueueMax", kind: .integer(1...10_000_000), standard: "100000"),
        ConfigurationKey(name: "mqtt.retainedMessagesMax", kind: .integer(0...10_000_000), standard: "100000"),
        ConfigurationKey(name: "mqtt.retainedMaxBytes", kind: .integer(0...1_099_511_627_776), standard: "67108864"),
        ConfigurationKey(name: "mqtt.receivedDevicesMax", kind: .integer(0...10_000_000), standard: "1000000"),
        ConfigurationKey(name: "mqtt.messagesPerSecondMax", kind: .integer(0...1_000_000), standard: "0"),
        ConfigurationKey(name: "mqtt.bytesPerSecondMax", kind: .integer(0...1_000_000_000), standard: "0"),
        ConfigurationKey(name: "mqtt.connectsPerMinuteMax", kind: .integer(0...1_000_000), standard: "0"),
        ConfigurationKey(name: "mqtt.anonymousPublish", kind: .filters, standard: ""),
        ConfigurationKey(name: "mqtt.anonymousSubscribe", kind: .filters, standard: ""),
        ConfigurationKey(name: "http.host", kind: .text, standard: "127.0.0.1"),
        ConfigurationKey(name: "http.port", kind: .port, standard: "8080"),
        ConfigurationKey(name: "http.metricsAnonymous", kind: .boolean, standard: "true"),
        ConfigurationKey(name: "https.host", kind: .text, standard: "0.0.0.0"),
        ConfigurationKey(name: "https.port", kind: .port, standard: "8443"),
        ConfigurationKey(name: "api.requestsPerSecondMax", kind: .integer(0...1_000_000), standard: "1000"),
        ConfigurationKey(name: "kafka.host", kind: .text, standard: "127.0.0.1"),
        ConfigurationKey(name: "kafka.port", kind: .port, standard: "9092"),
        ConfigurationKey(name: "kafka.advertised", kind: .text, standard: ""),
        ConfigurationKey(name: "kafka.authentication", kind: .word(["sasl", "none"]), standard: "sasl"),
        ConfigurationKey(name: "kafka.tlsHost", kind: .text, standard: "0.0.0.0"),
        ConfigurationKey(name: "kafka.tlsPort", kind: .port, standard: "off"),
        ConfigurationKey(name: "kafka.tlsAdvertised", kind: .text, standard: ""),
        ConfigurationKey(name: "kafka.connectionsMax", kind: .integer(1...100_000), standard: "1000"),
        ConfigurationKey(
            name: "kafka.requestSizeMaxBytes",
            kind: .integer(1_048_576...67_108_864),
            standard: "16777216"
        ),
        ConfigurationKey(name: "kafka.groupsMax", kind: .integer(1...100_000), standard: "1000"),
        ConfigurationKey(name: "kafka.offsetsRetentionSeconds", kind: .integer(60...31_536_000), standard: "604800"),
        ConfigurationKey(name: "kafka.createTopicsOnDemand", kind: .boolean, standard: "false"),
        ConfigurationKey(name: "amqp.tlsHost", kind: .text, standard: "0.0.0.0"),
        ConfigurationKey(name: "amqp.tlsPort", kind: .port, standard: "off"),
        ConfigurationKey(name: "amqp.connectionsMax", kind: .integer(1...10_000), standard: "100"),
        ConfigurationKey(name: "tls.certificateFile", kind: .text, standard: ""),
        ConfigurationKey(name: "tls.keyFile", kind: .text, standard: ""),
        ConfigurationKey(name: "tls.clientAuthorityFiles", kind: .list, standard: ""),
        ConfigurationKey(name: "ingest.file", kind: .text, standard: ""),
        ConfigurationKey(name: "homeAssistant.discovery", kind: .word(["on", "off"]), standard: "off"),
        ConfigurationKey(name: "homeAssistant.prefix", kind: .topic, standard: "homeassistant"),
        ConfigurationKey(name: "homeAssistant.topic", kind: .topic, standard: "weir"),
        ConfigurationKey(name: "homeAssistant.devicesMax", kind: .integer(1...100_000), standard: "1000"),
        ConfigurationKey(name: "homeAssistant.offlineSeconds", kind: .integer(0...604_800), standard: "60"),
        ConfigurationKey(name: "log.partitions", kind: .integer(1...32), standard: "4"),
        ConfigurationKey(
            name: "log.segmentSizeMaxBytes",
            kind: .integer(1_048_576...1_073_741_824),
            standard: "134217728"
        ),
        ConfigurationKey(name: "log.pendingMaxBytes", kind: .integer(1_048_576...1_073_741_824), standard: "67108864"),
        ConfigurationKey(name: "log.retentionHours", kind: .integer(0...876_000), standard: "168"),
        ConfigurationKey(name: "log.topicsMax", kind: .integer(16...4_096), standard: "500"),
        ConfigurationKey(name: "log.freeMinBytes", kind: .integer(0...1_099_511_627_776), standard: "536870912"),
        ConfigurationKey(name: "streams.checkpointSeconds", kind: .integer(1...3_600), standard: "10"),
        ConfigurationKey(
            name: "logging.level",
            kind: .word(["trace", "debug", "info", "notice", "warning", "error"]),
            standard: "info"
        ),
    ]
}
