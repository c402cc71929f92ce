import EdgeAgent
import EdgeCore
import SensorKit
import Testing

@Suite("sensors in the configuration file")
struct SensorConfigurationTests {
    @Test("sensors of every type")
    func sensors() throws {
        let configuration = try ConfigurationText.load(
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

    @Test("sensors on 1-Wire and DHT22 are found by default, by name or by folder")
    func kernelSensors() throws {
        let sensors = try ConfigurationText.load(
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
                    let sensor = try ConfigurationText.load(text).sensors[0]
                    #expect(sensor.source == .i2c(chip: chip.name, adapter: "/dev/i2c-1", address: UInt8(address)))
                    #expect(Set(sensor.channels.keys) == Set(chip.quantities))
                } else {
                    #expect(ConfigurationText.faults(text).first?.contains("a \(chip.name) can be at 0x") == true)
                }
            }
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
        #expect(try ConfigurationText.load(text("")).sensors[0].intervalMilliseconds == least)
        #expect(
            try ConfigurationText.load(text(", intervalMilliseconds: \(least)")).sensors[0].intervalMilliseconds
                == least
        )
        let fault = ConfigurationText.faults(text(", intervalMilliseconds: \(least - 1)")).first ?? ""
        #expect(fault.contains("intervalMilliseconds: is '\(least - 1)'; expected a whole number from \(least) "))
    }

    @Test("64 sensors are taken, 65 are not")
    func sensorCount() throws {
        func text(_ count: Int) -> String {
            "sensors:\n" + (0..<count).map { "  - {type: simulated, name: s\($0), prefix: s\($0)_}\n" }.joined()
        }
        #expect(try ConfigurationText.load(text(64)).sensors.count == 64)
        #expect(ConfigurationText.faults(text(65)).contains { $0.contains("lists 65 sensors; expected 1 to 64") })
    }
}
