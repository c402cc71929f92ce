import EdgeAgent
import EdgeCore
import Foundation
import SensorKit
import TelemetryModel
import Testing

@Suite("the configuration file")
struct ConfigurationFileTests {
    private func load(_ text: String) throws(ConfigurationFaults) -> AgentConfiguration {
        try ConfigurationFile.load(Array(text.utf8), file: "dir/agent.yaml")
    }

    private func faults(_ text: String) -> [String] {
        let faults = #expect(throws: ConfigurationFaults.self) { try self.load(text) }
        return faults?.faults.map(\.description) ?? []
    }

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

    @Test("sensors of every type")
    func sensors() throws {
        let configuration = try self.load(
            """
            sampling: {intervalMilliseconds: 2000}
            sensors:
              - {type: sht3x, name: in, bus: /dev/i2c-1, channels: {temperature: supply}}
              - {type: sht3x, name: out, bus: /dev/i2c-1, address: 0x45, prefix: out_, intervalMilliseconds: 500}
              - {type: hwmon, driver: cpu_thermal, prefix: cpu_, inputs: {temperature: temp2}}
              - {type: iio, path: /sys/bus/iio/devices/iio:device0, prefix: iio_}
              - {type: hwmon, name: h, driver: sht3x, device: 1-0044, prefix: h_}
              - {type: simulated, seed: 7, prefix: sim_}
            """
        )
        #expect(
            configuration.sensors.map(\.source) == [
                .i2c(chip: "sht3x", adapter: "/dev/i2c-1", address: 0x44),
                .i2c(chip: "sht3x", adapter: "/dev/i2c-1", address: 0x45),
                .sysfs(
                    .hwmon,
                    .named("cpu_thermal", device: nil),
                    inputs: [SysfsAttribute(.temperature, base: "temp2")]
                ),
                .sysfs(.iio, .folder("/sys/bus/iio/devices/iio:device0"), inputs: []),
                .sysfs(.hwmon, .named("sht3x", device: "1-0044"), inputs: []), .simulated(seed: 7),
            ]
        )
        #expect(configuration.sensors.map(\.intervalMilliseconds) == [2_000, 500, 2_000, 2_000, 2_000, 2_000])
        #expect(configuration.sensors[0].channels == [.temperature: "supply", .humidity: "humidity"])
        #expect(configuration.sensors[1].channels == [.temperature: "out_temperature", .humidity: "out_humidity"])
        #expect(configuration.sensors[2].channels == [.temperature: "cpu_temperature"])
        #expect(SensorFactory.buses(of: configuration.sensors).map(\.count) == [2, 1, 1, 1, 1])
    }

    @Test("sensors on serial ports, with their defaults and with everything set")
    func serialSensors() throws {
        let configuration = try self.load(
            """
            sensors:
              - {type: xy-md02, name: a, port: /dev/a}
              - type: modbus
                name: b
                port: /dev/a
                unit: 247
                function: holding
                registers:
                  pressure: {address: 0xFFFE, format: float32, wordOrder: lowFirst, divisor: 0.1, offset: -2.5}
              - {type: csv, name: c, prefix: c_, port: /dev/c, separator: tab, columns: {temperature: 2}, rate: 115200}
              - {type: vaisala, name: d, prefix: d_, port: /dev/d, query: SEND 3, commandEnd: crlf, rs485: true}
              - {type: jsonlines, name: e, prefix: e_, port: /dev/e, keys: {humidity: air.rh}, startCommand: go}
              - {type: nmea, name: f, prefix: f_, port: /dev/f, frame: 7o2, replyMilliseconds: 50}
            """
        )
        func line(
            _ port: String,
            _ rate: Int,
            _ frame: String = "8N1",
            rs485: Bool = false,
            reply: Int = 1_000
        ) -> SerialLine {
            var settings = SerialSettings(rate: rate)
            let isTaken = settings.setFrame(frame)
            #expect(isTaken)
            settings.isRS485 = rs485
            return SerialLine(port: port, settings: settings, replyMilliseconds: reply)
        }
        let register = ModbusRegister(
            .pressure,
            address: 0xFFFE,
            format: .float32,
            isLowWordFirst: true,
            divisor: 0.1,
            offset: -2.5
        )
        let usual: [Quantity] = [.temperature, .humidity]
        let expected: [SensorConfiguration.Source] = [
            .modbus(line("/dev/a", 9_600, reply: 300), unit: 1, .transmitter(divisor: 10)),
            .modbus(line("/dev/a", 9_600, reply: 300), unit: 247, ModbusMap(.holding, [register])),
            .lines(
                line("/dev/c", 115_200),
                .csv(CSVLine([.init(.temperature, number: 2)], separator: 9)),
                .streams(greeting: "")
            ),
            .lines(
                line("/dev/d", 4_800, "7E1", rs485: true),
                .vaisala(VaisalaLine([LineField(.temperature, name: "T"), LineField(.humidity, name: "RH")])),
                .asked("SEND 3\r\n")
            ),
            .lines(
                line("/dev/e", 9_600),
                .json(JSONLine([LineField(.humidity, name: "air.rh")])),
                .streams(greeting: "go\r")
            ),
            .lines(
                line("/dev/f", 4_800, "7O2", reply: 50),
                .xdr(XDRSentence(usual.map { LineField($0, name: "") })),
                .streams(greeting: "")
            ),
        ]
        #expect(configuration.sensors.map(\.source) == expected)
        #expect(SensorFactory.buses(of: configuration.sensors).map(\.count) == [2, 1, 1, 1, 1])
        #expect(configuration.sensors.map { Set($0.channels.keys) }[1...2] == [[.pressure], [.temperature]])
    }

    @Test(
        "numbers of serial sensors at the edges of their range are taken, just outside they are not",
        arguments: [
            ("type: xy-md02", "unit", "1", "247", "0", "248"),
            ("type: xy-md02", "divisor", "1", "1000", "0.99", "1000.1"),
            ("type: xy-md02", "replyMilliseconds", "50", "2000", "49", "2001"),
            ("type: nmea", "replyMilliseconds", "50", "10000", "49", "10001"),
            ("type: nmea", "rate", "300", "921600", "299", "921601"),
        ]
    )
    func serialRanges(type: String, key: String, least: String, most: String, below: String, above: String) throws {
        func text(_ value: String) -> String { "sensors: [{\(type), port: p, \(key): \(value)}]" }
        for value in [least, most] { _ = try self.load(text(value)) }
        for value in [below, above] {
            let fault = self.faults(text(value)).first ?? ""
            #expect(fault.contains("sensors[0].\(key): is ") && fault.contains("expected"), "\(fault)")
        }
    }

    @Test(
        "registers and columns at the edges of their range are taken, just outside they are not",
        arguments: [
            ("modbus", "registers: {temperature: {address: 0}}", true),
            ("modbus", "registers: {temperature: {address: 65535}}", true),
            ("modbus", "registers: {temperature: {address: -1}}", false),
            ("modbus", "registers: {temperature: {address: 65536}}", false),
            ("modbus", "registers: {temperature: {address: 65534, format: int32}}", true),
            ("modbus", "registers: {temperature: {address: 65535, format: int32}}", false),
            ("modbus", "registers: {temperature: {address: 1, divisor: 0.001}}", true),
            ("modbus", "registers: {temperature: {address: 1, divisor: 0.0009}}", false),
            ("modbus", "registers: {temperature: {address: 1, divisor: 1000001}}", false),
            ("modbus", "registers: {temperature: {address: 1, offset: -1000000}}", true),
            ("modbus", "registers: {temperature: {address: 1, offset: 1000001}}", false),
            ("csv", "columns: {temperature: 1}", true), ("csv", "columns: {temperature: 256}", true),
            ("csv", "columns: {temperature: 0}", false), ("csv", "columns: {temperature: 257}", false),
        ]
    )
    func registerRanges(type: String, keys: String, isTaken: Bool) {
        let text = "sensors: [{type: \(type), port: p, \(keys)}]"
        #expect(((try? self.load(text)) != nil) == isTaken)
    }

    @Test(
        "each fault of a serial sensor is a sentence",
        arguments: [
            ("type: xy-md02", "port: is missing; expected a serial port"),
            ("type: csv, port: p", "columns: names no column"),
            ("type: modbus, port: p", "registers: names no register; expected some of temperature"),
            ("type: modbus, port: p, registers: {temperature: {}}", "registers.temperature.address: is missing"),
            (
                "type: modbus, port: p, registers: {temprature: {address: 1}}",
                "registers.temprature: is not a known key; did you mean 'temperature'?"
            ),
            (
                "type: modbus, port: p, registers: {temperature: {address: 1, format: u16}}",
                "is 'u16'; expected one of int16"
            ),
            (
                "type: modbus, port: p, registers: {temperature: {address: 1, wordOrder: big}}",
                "expected highFirst or lowFirst"
            ),
            (
                "type: modbus, port: p, function: coil, registers: {temperature: {address: 1}}",
                "is 'coil'; expected input"
            ),
            ("type: nmea, port: p, rate: 9601", "rate: is 9601; expected one of 300, 600"),
            ("type: nmea, port: p, frame: 9N1", "frame: is '9N1'; expected data bits"),
            ("type: nmea, port: p, keys: {co2: X}", "which NMEA has no transducer type for"),
            ("type: csv, port: p, columns: {temperature: 1}, separator: '5'", "separator: is '5'; expected tab or"),
            ("type: csv, port: p, columns: {temperature: 1}, separator: ',,'", "separator: is ',,'"),
            ("type: vaisala, port: p, query: A, startCommand: B", "and 'query' are both set"),
            ("type: vaisala, port: p, query: A, commandEnd: x", "commandEnd: is 'x'; expected cr, lf or crlf"),
            ("type: keyvalue, port: p, kees: {temperature: T}", "kees: is not a known key; did you mean 'keys'?"),
            ("type: xy-md02, port: p, columns: {temperature: 1}", "columns: is not a known key"),
        ]
    )
    func serialSentences(sensor: String, says: String) {
        let faults = self.faults("sensors: [{\(sensor)}]")
        #expect(faults.contains { $0.contains(says) }, "\(faults)")
    }

    @Test(
        "sensors that cannot share a port are refused",
        arguments: [
            ("type: xy-md02, unit: 2", "type: xy-md02, rate: 19200", "with another rate, frame, rs485"),
            ("type: xy-md02", "type: xy-md02, unit: 2, rs485: true", "with another rate"),
            ("type: xy-md02", "type: keyvalue, replyMilliseconds: 300", "which talks in another way"),
            ("type: keyvalue", "type: jsonlines, query: A", "which talks in another way"),
            ("type: keyvalue", "type: jsonlines, startCommand: A", "which talks in another way"),
        ]
    )
    func sharedPorts(first: String, second: String, says: String) throws {
        func text(_ second: String) -> String {
            "sensors: [{name: a, port: p, \(first)}, {name: b, prefix: b_, port: p, \(second)}]"
        }
        _ = try self.load(text(first))
        let faults = self.faults(text(second))
        #expect(
            faults.contains { $0.contains("sensors[1].port: is also that of sensor 'a'") && $0.contains(says) },
            "\(faults)"
        )
    }

    @Test("relative paths are relative to the file, absolute ones are not")
    func paths() throws {
        let configuration = try self.load(
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
            self.faults("mqtt:\n  port: 1\n  keepAliveSecond: 3\nsensors: [{type: simulated}]") == [
                "dir/agent.yaml:3: mqtt.keepAliveSecond: is not a known key; did you mean 'keepAliveSeconds'?"
            ]
        )
        #expect(
            self.faults("sensor: []\nsensors: [{type: simulated}]").first?.contains("did you mean 'sensors'?") == true
        )
        #expect(
            self.faults("zzz: 1\nsensors: [{type: simulated}]").first?.contains("known here: connection, mqtt") == true
        )
        #expect(
            self.faults("sensors:\n  - type: sht3x\n    bus: /dev/i2c-1\n    adress: 0x44").first
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
        for value in [least, most] { _ = try self.load(text(value)) }
        for value in [least - 1, most + 1] {
            let fault = self.faults(text(value)).first ?? ""
            #expect(
                fault.hasPrefix("dir/agent.yaml:2: \(section).\(key): is '\(value)'; expected a whole number from ")
            )
            #expect(fault.contains("from \(least) to \(most)"))
        }
    }

    @Test(
        "a chip's own least interval is kept: below it is a fault, and a shorter usual interval gives way",
        arguments: [("sht3x", 100), ("aht20", 2_000), ("scd4x", 6_000), ("ds18b20", 1_000), ("dht22", 2_000)]
    )
    func leastInterval(type: String, least: Int) throws {
        func text(_ interval: String) -> String {
            let bus = ChipCatalog.entry(named: type) == nil ? "" : ", bus: b"
            return "sampling: {intervalMilliseconds: 100}\nsensors: [{type: \(type)\(bus)\(interval)}]"
        }
        #expect(try self.load(text("")).sensors[0].intervalMilliseconds == least)
        #expect(try self.load(text(", intervalMilliseconds: \(least)")).sensors[0].intervalMilliseconds == least)
        let fault = self.faults(text(", intervalMilliseconds: \(least - 1)")).first ?? ""
        #expect(fault.contains("intervalMilliseconds: is '\(least - 1)'; expected a whole number from \(least) "))
    }

    @Test("sensors on 1-Wire and DHT22 are found by default, by name or by folder")
    func kernelSensors() throws {
        let sensors = try self.load(
            """
            sensors:
              - {type: ds18b20, name: a, prefix: a_}
              - {type: ds18b20, name: b, prefix: b_, device: 28-0316a2794ef3}
              - {type: dht22, name: c, prefix: c_}
              - {type: dht22, name: d, prefix: d_, driver: dht11@4, device: dht11@4}
              - {type: dht22, name: e, prefix: e_, path: "/sys/bus/iio/devices/iio:device0"}
            """
        ).sensors
        #expect(
            sensors.map(\.source) == [
                .oneWire(device: nil), .oneWire(device: "28-0316a2794ef3"), .dht22(.named("dht11", device: nil)),
                .dht22(.named("dht11@4", device: "dht11@4")), .dht22(.folder("/sys/bus/iio/devices/iio:device0")),
            ]
        )
        #expect(sensors[0].busKey == sensors[1].busKey && sensors[2].busKey != sensors[3].busKey)
        #expect(sensors[1].place == "DS18B20 28-0316a2794ef3")
    }

    @Test("every chip of the catalog can be configured at each of its addresses and nowhere else")
    func chips() throws {
        for chip in ChipCatalog.entries {
            for address in 0x08...0x77 {
                let text = "sensors: [{type: \(chip.name), bus: /dev/i2c-1, address: \(address)}]"
                if chip.addresses.contains(UInt8(address)) {
                    let sensor = try self.load(text).sensors[0]
                    #expect(sensor.source == .i2c(chip: chip.name, adapter: "/dev/i2c-1", address: UInt8(address)))
                    #expect(Set(sensor.channels.keys) == Set(chip.quantities))
                } else {
                    #expect(self.faults(text).first?.contains("a \(chip.name) can be at 0x") == true)
                }
            }
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
        let faults = self.faults(text)
        #expect(faults.contains { $0.contains(says) }, "\(faults)")
        #expect(faults.allSatisfy { $0.hasPrefix("dir/agent.yaml:") })
    }

    @Test("all faults are found in one run, in the order of their lines")
    func allFaults() {
        let faults = self.faults("mqtt:\n  port: 0\n  hots: x\nbuffer:\n  sizeMaxBytes: 1\nsensors:\n  - type: sht3x\n")
        #expect(
            faults.map { $0.prefix(17) } == [
                "dir/agent.yaml:2:", "dir/agent.yaml:3:", "dir/agent.yaml:5:", "dir/agent.yaml:7:",
            ]
        )
    }

    @Test("64 sensors are taken, 65 are not")
    func sensorCount() throws {
        func text(_ count: Int) -> String {
            "sensors:\n" + (0..<count).map { "  - {type: simulated, name: s\($0), prefix: s\($0)_}\n" }.joined()
        }
        #expect(try self.load(text(64)).sensors.count == 64)
        #expect(self.faults(text(65)).contains { $0.contains("lists 65 sensors; expected 1 to 64") })
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
