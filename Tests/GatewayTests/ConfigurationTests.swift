import FoundationEssentials
import Gateway
import Testing

@Suite("configuration: flag, environment, file, default")
struct ConfigurationTests {
    private func read(
        _ assignments: [String] = [],
        environment: [String: String] = [:],
        yaml: String? = nil
    ) throws -> GatewayConfiguration {
        let file = try yaml.map { try ConfigurationFile(yaml: $0, path: "gateway.yaml") }
        return try ConfigurationReader(assignments: assignments, environment: environment, file: file)
            .configuration(hostName: "gw")
    }

    private func faults(
        _ assignments: [String] = [],
        environment: [String: String] = [:],
        yaml: String? = nil
    ) -> [String] {
        do {
            _ = try self.read(assignments, environment: environment, yaml: yaml)
            return []
        } catch let faults as ConfigurationFaults {
            return faults.faults.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("without anything the defaults of the design hold")
    func defaults() throws {
        let configuration = try self.read()
        #expect(configuration.mqtt == .init(host: "127.0.0.1", port: 1883))
        #expect(configuration.mqttTLS == .init(host: "0.0.0.0", port: 8883))
        #expect(configuration.http == .init(host: "127.0.0.1", port: 8080))
        #expect(configuration.https == .init(host: "0.0.0.0", port: 8443))
        #expect(configuration.hubNames == ["localhost", "gw"])
        #expect(configuration.logPartitions == 4)
    }

    @Test("a flag goes before the environment, the environment before the file, the file before the default")
    func precedence() throws {
        let yaml = "mqtt:\n  port: 3\n  tlsPort: 3\nhttp:\n  port: 3\n"
        let environment = ["WEIR_MQTT_PORT": "2", "WEIR_MQTT_TLS_PORT": "2"]
        let configuration = try self.read(["mqtt.port=1"], environment: environment, yaml: yaml)
        #expect(configuration.mqtt?.port == 1)
        #expect(configuration.mqttTLS?.port == 2)
        #expect(configuration.http?.port == 3)
    }

    @Test("off switches a listener off, 0 asks for a free port")
    func ports() throws {
        let configuration = try self.read(["mqtt.port=off", "mqtt.tlsPort=0", "https.port=off"])
        #expect(configuration.https == nil)
        #expect(configuration.mqtt == nil)
        #expect(configuration.mqttTLS?.port == 0)
    }

    @Test("a list is read from YAML, from commas, and replaces the default")
    func list() throws {
        #expect(try self.read(yaml: "hub:\n  names: [a.example.org, b]\n").hubNames == ["a.example.org", "b"])
        #expect(try self.read(["hub.names=a, b"]).hubNames == ["a", "b"])
    }

    @Test(
        "a host name holds letters, digits, - . _ and nothing else",
        arguments: [
            ("gw-1.example.org,b_2", true), ("[gw.example.org]", false), ("gw:8883", false), ("gw/x", false),
            ("ü", false),
        ]
    )
    func hostNames(names: String, isAccepted: Bool) {
        #expect(self.faults(["hub.names=\(names)"]).isEmpty == isAccepted)
    }

    @Test(
        "a value out of range names file, line, key, value and what was expected",
        arguments: [
            (
                "mqtt:\n  port: 65536\n",
                "gateway.yaml line 2: mqtt.port is “65536”; expected a port from 1 to 65535, 0 for a free one, or off"
            ),
            (
                "# one\nlog:\n  partitions: 33\n",
                "gateway.yaml line 3: log.partitions is “33”; expected a whole number from 1 to 32"
            ),
            (
                "http:\n  metricsAnonymous: yes\n",
                "gateway.yaml line 2: http.metricsAnonymous is “yes”; expected true or false"
            ),
            (
                "logging:\n  level: loud\n",
                "gateway.yaml line 2: logging.level is “loud”; expected one of trace, debug, info, notice, warning, error"
            ),
            (
                "mqtt:\n  prot: 1883\n",
                "gateway.yaml line 2: mqtt.prot; expected a known key; did you mean mqtt.port?"
            ),
        ]
    )
    func outOfRange(yaml: String, expected: String) {
        #expect(self.faults(yaml: yaml) == [expected])
    }

    @Test(
        "what a client may use up has bounds",
        arguments: [
            ("connectRatePerSecondMax", 1, 100_000), ("connectBurstMax", 1, 1_000_000),
            ("keepAliveMaxSeconds", 10, 43_690), ("packetSizeMaxBytes", 1_024, 8_388_608),
            ("inflightMax", 1, 65_535), ("topicAliasMax", 0, 65_535), ("bufferedMaxBytes", 1 << 20, 1 << 40),
            ("sessionsMax", 1, 10_000_000), ("sessionExpiryMaxSeconds", 0, 4_294_967_295),
            ("sessionsPerIdentityMax", 1, 100_000), ("subscriptionsMax", 1, 100_000),
            ("sessionQueueMax", 1, 10_000_000), ("retainedMessagesMax", 0, 10_000_000),
            ("retainedMaxBytes", 0, 1 << 40),
        ]
    )
    func clientBounds(key: String, lower: Int, upper: Int) {
        for (value, isAccepted) in [(lower - 1, false), (lower, true), (upper, true), (upper + 1, false)] {
            #expect(self.faults(["mqtt.\(key)=\(value)"]).isEmpty == isAccepted, "\(value)")
        }
    }

    @Test("both sides of a range", arguments: [("0", false), ("1", true), ("32", true), ("33", false), ("x", false)])
    func bounds(value: String, isAccepted: Bool) {
        #expect(self.faults(["log.partitions=\(value)"]).isEmpty == isAccepted)
    }

    @Test("all faults are told at once, in flags and environment too")
    func several() {
        let faults = self.faults(
            ["mqtt.nothing=1", "novalue"],
            environment: ["WEIR_MQTT_PROT": "1", "WEIR_HTTP_PORT": "x", "WEIR_CONNECTION_STRING": "fine", "PATH": "/"]
        )
        #expect(faults.count == 4)
        #expect(faults.contains { $0.contains("WEIR_MQTT_PROT") && $0.contains("WEIR_MQTT_PORT") })
        #expect(faults.contains { $0.contains("WEIR_HTTP_PORT") && $0.contains("http.port") })
    }

    @Test(
        "what is no configuration is a fault with its line, never a crash",
        arguments: ["- a", "mqtt: 1", "mqtt:\n  port: {a: 1}", "mqtt: [", "a: *x", "mqtt:\n  port: 1\n  port: 2", "\t"]
    )
    func malformed(yaml: String) {
        #expect(!self.faults(yaml: yaml).isEmpty)
    }

    @Test("an empty file is the defaults", arguments: ["", "# nothing\n", "mqtt:\n"])
    func empty(yaml: String) throws {
        #expect(try self.read(yaml: yaml) == self.read())
    }

    @Test("the shipped gateway.yaml loads and names every key with its default")
    func shipped() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "config/gateway.yaml").path()
        let file = try ConfigurationFile(yaml: String(contentsOfFile: path, encoding: .utf8), path: path)
        #expect(Set(file.entries.keys) == Set(ConfigurationKey.all.map(\.name)))
        for key in ConfigurationKey.all {
            #expect(file.entries[key.name]?.value == key.standard, "\(key.name)")
        }
        let configuration = try ConfigurationReader(assignments: [], environment: [:], file: file)
            .configuration(hostName: "gw")
        #expect(try configuration == self.read())
    }

    @Test("Home Assistant is told nothing unless that is asked for, and then under its own defaults")
    func homeAssistant() throws {
        let standard = try self.read().homeAssistant
        #expect(!standard.isOn)
        #expect(standard.prefix == "homeassistant")
        #expect(standard.topic == "weir")
        #expect(standard.devicesMax == 1_000)
        #expect(standard.offlineDelay == .seconds(60))
        let yaml =
            "homeAssistant:\n  discovery: on\n  prefix: ha/2\n  topic: a/b\n  devicesMax: 5\n  offlineSeconds: 0\n"
        let set = try self.read(environment: ["WEIR_HOME_ASSISTANT_TOPIC": "c"], yaml: yaml).homeAssistant
        #expect(set.isOn)
        #expect(set.prefix == "ha/2")
        #expect(set.topic == "c")
        #expect(set.devicesMax == 5)
        #expect(set.offlineDelay == .zero)
    }

    @Test(
        "what Home Assistant is told has bounds",
        arguments: [
            ("discovery", "yes", false), ("discovery", "off", true), ("devicesMax", "0", false),
            ("devicesMax", "1", true),
            ("devicesMax", "100000", true), ("devicesMax", "100001", false), ("offlineSeconds", "-1", false),
            ("offlineSeconds", "0", true), ("offlineSeconds", "604800", true), ("offlineSeconds", "604801", false),
            ("prefix", "a/b", true), ("prefix", "", false), ("prefix", "a/", false), ("prefix", "/a", false),
            ("prefix", "a/+", false), ("prefix", "#", false), ("prefix", "{device}", false),
            ("prefix", "$iothub", false),
            ("topic", "devices/x", false), ("topic", "devices2", true),
            ("topic", String(repeating: "a", count: 256), true), ("topic", String(repeating: "a", count: 257), false),
        ]
    )
    func homeAssistantBounds(key: String, value: String, isAccepted: Bool) {
        #expect(self.faults(["homeAssistant.\(key)=\(value)"]).isEmpty == isAccepted)
    }

    @Test("an unknown variable of a section of two words is a fault, too")
    func twoWordSection() {
        #expect(self.faults(environment: ["WEIR_HOME_ASSISTANT_PREFX": "x"]).count == 1)
    }

    @Test("a certificate without its key is refused")
    func certificate() {
        #expect(self.faults(["tls.certificateFile=a.pem"]).count == 1)
        #expect(self.faults(["tls.certificateFile=a.pem", "tls.keyFile=b.pem"]).isEmpty)
    }

    @Test(
        "environment names follow the keys",
        arguments: [("mqtt.tlsPort", "WEIR_MQTT_TLS_PORT"), ("hub.names", "WEIR_HUB_NAMES")]
    )
    func environmentNames(key: String, expected: String) {
        #expect(ConfigurationKey.all.first { $0.name == key }?.environmentName == expected)
    }
}
