import EdgeAgent
import EdgeCore
import Foundation
import SensorKit
import TelemetryModel
import Testing

@Suite("the configuration file")
struct ConfigurationFileTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("config/agent.yaml loads as shipped, and what it shows are the defaults")
    func shipped() throws {
        let path = Self.root.appendingPathComponent("config/agent.yaml").path
        let shipped = try ConfigurationFile.load(path)
        let defaults = AgentConfiguration()
        #expect(shipped.mqtt == defaults.mqtt)
        #expect(shipped.tls == defaults.tls)
        #expect(shipped.clock == defaults.clock)
        #expect(shipped.provisioning == defaults.provisioning)
        #expect(shipped.intervalMilliseconds == defaults.intervalMilliseconds)
        #expect(shipped.bufferSizeMaxBytes == defaults.bufferSizeMaxBytes)
        #expect(shipped.stopWaitSeconds == defaults.stopWaitSeconds)
        #expect(shipped.logLevel == defaults.logLevel)
        #expect(shipped.healthIntervalSeconds == defaults.healthIntervalSeconds)
        #expect(shipped.identifyLight == nil)
        #expect(shipped.spool == defaults.spool)
        #expect(shipped.stateFolder == nil)
        #expect(shipped.sensors.map(\.source) == [.simulated(seed: 1)])
    }

    @Test("every ready configuration in devices/boards loads")
    func boards() throws {
        let folder = Self.root.appendingPathComponent("devices/boards")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(!files.isEmpty)
        for file in files {
            #expect(try !ConfigurationFile.load(folder.appendingPathComponent(file).path).sensors.isEmpty, "\(file)")
        }
    }

    @Test("relative paths are relative to the file, absolute ones are not")
    func paths() throws {
        let configuration = try ConfigurationText.load(
            """
            connection: {connectionStringFile: secret}
            tls: {caFile: /ca.pem, certificateFile: device.pem, keyFile: ../device.key}
            sensors: [{type: simulated}]
            """
        )
        #expect(configuration.tls.files.certificateFile == "dir/device.pem")
        #expect(configuration.tls.files.keyFile == "dir/../device.key")
        #expect(configuration.connection.file == "dir/secret")
        #expect(configuration.tls.files.caFile == "/ca.pem")
    }

    @Test("an unknown key names file, line, section and the nearest known key")
    func unknownKeys() {
        #expect(
            ConfigurationText.faults("mqtt:\n  port: 1\n  keepAliveSecond: 3\nsensors: [{type: simulated}]") == [
                "dir/agent.yaml:3: mqtt.keepAliveSecond: is not a known key; did you mean 'keepAliveSeconds'?"
            ]
        )
        #expect(
            ConfigurationText.faults("sensor: []\nsensors: [{type: simulated}]").first?.contains(
                "did you mean 'sensors'?"
            ) == true
        )
        #expect(
            ConfigurationText.faults("zzz: 1\nsensors: [{type: simulated}]").first?.contains(
                "known here: connection, mqtt"
            ) == true
        )
        #expect(
            ConfigurationText.faults("sensors:\n  - type: sht3x\n    bus: /dev/i2c-1\n    adress: 0x44").first
                == "dir/agent.yaml:4: sensors[0].adress: is not a known key; did you mean 'address'?"
        )
    }

    @Test(
        "values at the edges of their range are taken, just outside they name key, value and range",
        arguments: [
            ("mqtt", "port", 1, 65_535), ("mqtt", "keepAliveSeconds", 5, 1_740), ("mqtt", "windowMessages", 1, 100),
            ("mqtt", "tokenLifeSeconds", 60, 31_536_000), ("sampling", "intervalMilliseconds", 100, 86_400_000),
            ("buffer", "sizeMaxBytes", 65_536, 268_435_456), ("stop", "waitSeconds", 0, 60),
            ("health", "intervalSeconds", 1, 86_400),
            ("spool", "windowSeconds", 1, 300), ("spool", "windowReadings", 1, 10_000),
            ("spool", "sizeMaxBytes", 1_048_576, 17_179_869_184), ("spool", "ageMaxSeconds", 60, 315_360_000),
            ("spool", "freeDiskMinBytes", 0, 1_099_511_627_776), ("spool", "drainReadingsPerSecond", 64, 1_000_000),
            ("clock", "gatewayPort", 1, 65_535), ("provisioning", "port", 1, 65_535),
            ("clock", "gatewayIntervalSeconds", 60, 604_800),
        ]
    )
    func ranges(section: String, key: String, least: Int, most: Int) throws {
        let more = section == "provisioning" ? "\n  idScope: a\n  registrationId: b\n  host: c\n  groupKeyFile: d" : ""
        func text(_ value: Int) -> String { "\(section):\n  \(key): \(value)\(more)\nsensors: [{type: simulated}]" }
        for value in [least, most] { _ = try ConfigurationText.load(text(value)) }
        for value in [least - 1, most + 1] {
            let fault = ConfigurationText.faults(text(value)).first ?? ""
            #expect(
                fault.hasPrefix("dir/agent.yaml:2: \(section).\(key): is '\(value)'; expected a whole number from ")
            )
            #expect(fault.contains("from \(least) to \(most)"))
        }
    }

    @Test(
        "each fault is a sentence with its line",
        arguments: [
            ("sensors: [{type: sht4}]", "1: sensors[0].type: is 'sht4'; expected one of aht20, bme280, "),
            ("sensors: [{name: x}]", "sensors[0].type: is missing"),
            ("mqtt: 3\nsensors: [{type: simulated}]", "1: mqtt: is '3'"),
            ("{}", "sensors: is missing"), ("sensors: []", "lists 0 sensors"),
            ("sensors: simulated", "expected a list"),
            ("sensors: [{type: sht3x}]", "sensors[0].bus: is missing; expected an adapter"),
            ("sensors: [{type: sht3x, bus: /dev/i2c-1, address: 0x76}]", "is 0x76; a sht3x can be at 0x44, 0x45"),
            ("sensors: [{type: sht3x, bus: b, address: 0x78}]", "is '0x78'; expected a whole number"),
            (
                "sensors: [{type: sht3x, bus: /dev/i2c-1}, {type: sht4x, name: b, prefix: b_, bus: /dev/i2c-1}]",
                "sensors[1].type: is at the place of sensor 'sht3x', sht3x on /dev/i2c-1 at 0x44; list each sensor once"
            ),
            (
                "sensors: [{type: ds18b20}, {type: ds18b20, name: b, prefix: b_}]",
                "sensors[1].type: is at the place of sensor 'ds18b20'"
            ),
            ("sensors: [{type: ds18b20, device: 28-xyz}]", "is '28-xyz'; expected 28- and twelve digits"),
            ("sensors: [{type: ds18b20, device: ../../../../x}]", "expected 28- and twelve digits"),
            ("sensors: [{type: dht22, driver: a, path: /b}]", "excludes 'driver' and 'device'"),
            ("sensors: [{type: hwmon}]", "expected exactly one"),
            ("sensors: [{type: iio, driver: a, path: /b}]", "exactly one"),
            ("sensors: [{type: hwmon, driver: a, inputs: {temperature: ../x}}]", "expected a name such as temp2"),
            (
                "sensors: [{type: simulated}, {type: simulated, prefix: b_}]",
                "sensors[1].name: is 'simulated', which another"
            ),
            (
                "sensors: [{type: simulated}, {type: simulated, name: b}]",
                "has the channel 'humidity', which sensor 'simulated'"
            ),
            ("sensors: [{type: simulated, prefix: 1}]", "expected a letter"),
            ("sensors: [{type: simulated, channels: {temperature: ts}}]", "none of ts, suspect"),
            ("sensors: [{type: simulated}]\nsensors: []", "2: sensors: is written twice"),
            ("tls: {enabled: yes}\nsensors: [{type: simulated}]", "tls.enabled: is 'yes'; expected true or false"),
            (
                "tls: {certificateFile: a}\nsensors: [{type: simulated}]",
                "tls.certificateFile: is set without keyFile; expected both or none"
            ),
            ("tls: {keyFile: a}\nsensors: [{type: simulated}]", "tls.keyFile: is set without certificateFile"),
            (
                "provisioning: {idScope: a b, registrationId: x, host: h, groupKeyFile: k}\nsensors: [{type: simulated}]",
                "provisioning.idScope: is 'a b'"
            ),
            ("provisioning: {idScope: a}\nsensors: [{type: simulated}]", "provisioning.registrationId: is missing"),
            ("provisioning: {idScope: a}\nsensors: [{type: simulated}]", "provisioning.host: is missing"),
            ("provisioning: {idScope: a}\nsensors: [{type: simulated}]", "provisioning.groupKeyFile: is missing"),
            ("provisioning: {host: a}\nsensors: [{type: simulated}]", "provisioning.idScope: is missing"),
            (
                "provisioning: {idScope: a, groupKeyFile: b, symmetricKeyFile: c}\nsensors: [{type: simulated}]",
                "provisioning.symmetricKeyFile: and groupKeyFile are both set"
            ),
            (
                "clock: {trustSystem: 1}\nsensors: [{type: simulated}]",
                "clock.trustSystem: is '1'; expected true or false"
            ),
            ("mqtt: {port: [1]}\nsensors: [{type: simulated}]", "mqtt.port: is a list"),
            ("mqtt: {port: 0x}\nsensors: [{type: simulated}]", "mqtt.port: is '0x'"),
            ("mqtt: {host: ''}\nsensors: [{type: simulated}]", "mqtt.host: is no usable text"),
            (
                "mqtt: {reconnectMinSeconds: 9, reconnectMaxSeconds: 8}\nsensors: [{type: simulated}]",
                "is below reconnectMinSeconds (9)"
            ),
            (
                "connection: {connectionString: a, connectionStringFile: b}\nsensors: [{type: simulated}]",
                "are both set"
            ),
            ("a: [1\nb: 2", "is no valid YAML"), ("\tx: 1", "is no valid YAML"), ("a: &x 1\nb: *x", "1: has an anchor"),
            ("a: *x", "has an alias"), ("a: !!str x", "or a tag"),
            ("? [a]\n: b", "1: has a key that is not a plain word"),
            ("a: 1\n---\nb: 2", "has a second document"), ("- a", "is a list; expected a section"),
            (String(repeating: "[", count: 200) + String(repeating: "]", count: 200), "too deep"),
            ("a: \u{1}", "is no valid YAML"),
        ]
    )
    func sentences(text: String, says: String) {
        let faults = ConfigurationText.faults(text)
        #expect(faults.contains { $0.contains(says) }, "\(faults)")
        #expect(faults.allSatisfy { $0.hasPrefix("dir/agent.yaml:") })
    }

    @Test("all faults are found in one run, in the order of their lines")
    func allFaults() {
        let faults = ConfigurationText.faults(
            "mqtt:\n  port: 0\n  hots: x\nbuffer:\n  sizeMaxBytes: 1\nsensors:\n  - type: sht3x\n"
        )
        #expect(
            faults.map { $0.prefix(17) } == [
                "dir/agent.yaml:2:", "dir/agent.yaml:3:", "dir/agent.yaml:5:", "dir/agent.yaml:7:",
            ]
        )
    }

    @Test("the environment wins over the file; a missing or unreadable one is named; the key is never shown")
    func connectionString() throws {
        let text = "HostName=h;DeviceId=fromVariable;SharedAccessKey=YWJj"
        var configuration = AgentConfiguration()
        configuration.connection.text = "HostName=h;DeviceId=fromFile;SharedAccessKey=YWJj"
        func device(_ variable: String?) throws -> String {
            try ConfigurationFile.connectionString(of: configuration, file: "f", variable: variable).identity.device
        }
        #expect(try device(text) == "fromVariable")
        #expect(try device(nil) == "fromFile")
        #expect(try device("") == "fromFile")
        configuration.connection.text = nil
        let none = #expect(throws: ConfigurationFaults.self) { try device(nil) }
        #expect(none?.faults.first?.message.contains("WEIR_AGENT_CONNECTION_STRING") == true)
        configuration.connection.file = "/nowhere/secret"
        let missing = #expect(throws: ConfigurationFaults.self) { try device(nil) }
        #expect(missing?.faults.first?.description.contains("/nowhere/secret: cannot read") == true)
        let wrong = #expect(throws: ConfigurationFaults.self) { try device("HostName=h;SharedAccessKey=SECRET") }
        #expect(
            wrong?.faults.first?.description == "WEIR_AGENT_CONNECTION_STRING: the connection string has no DeviceId"
        )
    }

    @Test("bytes flipped, cut, doubled or made up never trap, and what loads is in range")
    func fuzz() throws {
        let seed: UInt64 = 0x7961_6D6C
        var random = SplitMix64(seed: seed)
        let shipped = try Array(Data(contentsOf: Self.root.appendingPathComponent("config/agent.yaml")))
        let small = Array("mqtt: {port: 1}\nsensors: [{type: sht3x, bus: /dev/i2c-1, address: 0x44}]".utf8)
        let alphabet = Array("{}[]:,-?&*!|>'\"%@`# \n\t\\0123xabc".utf8) + [0, 0xC3, 0xFF, 0xEF, 0xBB, 0xBF]
        var loaded = 0
        for round in 0..<6_000 {
            var bytes = round % 8 == 0 ? shipped : small
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<max(bytes.count, 1), using: &random)
                guard index < bytes.count, let byte = alphabet.randomElement(using: &random) else { continue }
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = byte
                case 1: bytes.removeSubrange(index...)
                case 2: bytes.insert(byte, at: index)
                default: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
                }
            }
            guard let configuration = try? ConfigurationFile.load(bytes, file: "f") else { continue }
            loaded += 1
            #expect((1...65_535).contains(configuration.mqtt.port), "seed \(seed), round \(round)")
            #expect((1...64).contains(configuration.sensors.count), "seed \(seed), round \(round)")
        }
        #expect(loaded > 100, "seed \(seed): the fuzzer only made rubbish")
    }
}
