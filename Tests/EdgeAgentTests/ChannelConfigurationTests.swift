import EdgeAgent
import EdgeCore
import SensorKit
import Testing

@Suite("channels, levels and names in the configuration file")
struct ChannelConfigurationTests {
    @Test("a channel is a name or a section with its rule; both sides of each limit")
    func channels() throws {
        let configuration = try ConfigurationText.load(
            """
            sensors:
              - type: simulated
                dewPoint: true
                prefix: p_
                channels:
                  temperature: {name: supply, offset: -10000, deadBand: 10000, intervalMinMilliseconds: 86400000}
                  humidity: {offset: +1.5, intervalMaxMilliseconds: 0}
                  dewPoint: dew
            """
        )
        var warm = ChannelRule()
        (warm.offset, warm.deadBand, warm.intervalMinMilliseconds) = (-10_000, 10_000, 86_400_000)
        var moist = ChannelRule()
        (moist.offset, moist.intervalMaxMilliseconds) = (1.5, 0)
        let sensor = configuration.sensors[0]
        #expect(sensor.channels == [.temperature: "supply", .humidity: "p_humidity", .dewPoint: "dew"])
        #expect(sensor.rules == [.temperature: warm, .humidity: moist])
        for (rule, says) in [
            ("offset: -10000.1", "expected a number from -10000 to 10000"), ("offset: nan", "is 'nan'"),
            ("offset: 0x1", "is '0x1'"), ("offset: 1e3", "is '1e3'"), ("deadBand: -0.1", "from 0 to 10000"),
            ("deadBand: 10000.1", "from 0 to 10000"), ("intervalMinMilliseconds: -1", "from 0 to 86400000"),
            ("intervalMaxMilliseconds: 86400001", "from 0 to 86400000"), ("deadband: 1", "did you mean 'deadBand'?"),
            ("name: suspect", "none of ts, suspect"),
        ] {
            let faults = ConfigurationText.faults("sensors: [{type: simulated, channels: {temperature: {\(rule)}}}]")
            #expect(faults.count == 1 && faults[0].contains(says), "\(rule): \(faults)")
        }
    }

    @Test("a dew point needs temperature and humidity")
    func dewPoint() {
        let faults = ConfigurationText.faults("sensors: [{type: tmp117, bus: /dev/i2c-1, dewPoint: true}]")
        #expect(faults.first?.contains("sensors[0].dewPoint: is true for a sensor that does not measure") == true)
    }

    @Test("the log's level by name", arguments: [("error", true), ("debug", true), ("Info", false), ("7", false)])
    func logLevel(name: String, isGood: Bool) throws {
        let text = "log: {level: \(name)}\nsensors: [{type: simulated}]"
        if isGood {
            #expect(try ConfigurationText.load(text).logLevel.name == name)
        } else {
            #expect(
                ConfigurationText.faults(text).first?.contains("expected one of error, warning, notice, info, debug")
                    == true
            )
        }
    }

    @Test("names that are the same in the twin are refused")
    func twinKeys() {
        let faults = ConfigurationText.faults(
            "sensors: [{type: simulated, name: a.b}, {type: simulated, name: a b, prefix: x_}]"
        )
        #expect(faults.first?.contains("which in the twin is the same as 'a.b'") == true)
    }
}
