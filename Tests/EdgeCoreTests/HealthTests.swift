import EdgeCore
import SensorKit
import SensorTestSupport
import TelemetryJSON
import Testing

@Suite("what the agent says of itself: health, board, sensors")
struct HealthTests {
    /// Files of a Raspberry Pi.
    private static func files() -> FakeSysfs {
        let files = FakeSysfs()
        files.files = [
            "/proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
            "/etc/os-release": "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            "/proc/sys/kernel/osrelease": "6.6.31+rpt-rpi-v8\n", "/proc/sys/kernel/arch": "aarch64\n",
            "/proc/sys/kernel/hostname": "pi\n", "/proc/self/statm": "20000 2300 1000 10 0 500 0\n",
            "/proc/self/io": "rchar: 1\nwchar: 2\nread_bytes: 3\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n",
            "/sys/class/thermal/thermal_zone0/type": "gpu-thermal\n",
            "/sys/class/thermal/thermal_zone0/temp": "40000\n",
            "/sys/class/thermal/thermal_zone1/type": "cpu-thermal\n",
            "/sys/class/thermal/thermal_zone1/temp": "48312\n", "/sys/class/hwmon/hwmon1/name": "rpi_volt\n",
            "/sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n",
            "/sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
        ]
        return files
    }

    @Test("a Raspberry Pi is read whole")
    func board() {
        let probe = BoardProbe(files: Self.files(), pageBytes: 16_384)
        var facts = BoardFacts()
        facts.model = "Raspberry Pi 4 Model B Rev 1.4"
        facts.system = "Debian GNU/Linux 12 (bookworm)"
        (facts.kernel, facts.architecture, facts.host) = ("6.6.31+rpt-rpi-v8", "aarch64", "pi")
        #expect(probe.facts == facts)
        var report = HealthReport()
        probe.fill(&report)
        #expect(report.memoryBytes == 2_300 * 16_384)
        #expect(report.writtenBytes == 8_192)
        #expect(report.processorTemperature == 48.312)
        #expect(report.isUnderVoltage == true)
        #expect(report.throttled == 0x50005)
    }

    @Test("a machine that has none of these files leaves everything out")
    func bare() {
        let probe = BoardProbe(files: FakeSysfs(), pageBytes: 4_096)
        #expect(probe.facts == BoardFacts())
        var report = HealthReport()
        probe.fill(&report)
        #expect(
            String(decoding: report.body, as: UTF8.self)
                == #","health":{"uptimeSeconds":0,"waitingReadings":0,"droppedReadings":0,"reconnects":0,"sensorsFailing":0,"sensorErrors":0}}"#
        )
    }

    @Test("health is one object with whole numbers, hundredths, and the sensors that have failed")
    func body() {
        var failing = SensorStatus()
        let outcome = SensorGroup.Outcome(sensor: 0, readings: [], fault: SensorFault(.crc), change: .failing)
        let changed = [failing.sampled(outcome), failing.sampled(outcome)]
        #expect(changed == [true, false])
        var report = HealthReport()
        (report.uptimeSeconds, report.memoryBytes, report.processorTemperature) = (60, 9_420_800, 48.312)
        (report.isUnderVoltage, report.clock, report.waitingReadings) = (false, "", 3)
        report.sensors = [("room", SensorStatus()), ("duct", failing)]
        #expect(
            String(decoding: report.body, as: UTF8.self)
                == #","health":{"uptimeSeconds":60,"memoryBytes":9420800,"processorTemperature":48.31,"underVoltage":false,"waitingReadings":3,"droppedReadings":0,"reconnects":0,"clock":"unknown","sensorsFailing":1,"sensorErrors":2,"sensors":{"duct":{"state":"failing","errors":2,"reason":"crc"}}}}"#
        )
    }

    @Test("a sensor's state follows what is logged about it")
    func states() {
        var status = SensorStatus()
        let good = ChannelReading(.temperature, .good(20))
        let steps: [(SensorGroup.Outcome, SensorStatus.State, SensorFault.Reason?)] = [
            (SensorGroup.Outcome(sensor: 0, readings: [good], fault: nil, change: .none), .working, nil),
            (SensorGroup.Outcome(sensor: 0, readings: [], fault: SensorFault(.nack), change: .none), .working, nil),
            (
                SensorGroup.Outcome(sensor: 0, readings: [], fault: SensorFault(.nack), change: .failing), .failing,
                .nack
            ),
            (SensorGroup.Outcome(sensor: 0, readings: [], fault: SensorFault(.crc), change: .none), .failing, .crc),
            (
                SensorGroup.Outcome(sensor: 0, readings: [], fault: SensorFault(.crc), change: .unavailable),
                .unavailable, .crc
            ),
            (SensorGroup.Outcome(sensor: 0, readings: [good], fault: nil, change: .recovered), .working, nil),
        ]
        for (outcome, state, reason) in steps {
            _ = status.sampled(outcome)
            #expect(status.state == state && status.fault?.reason == reason)
        }
        #expect(status.samples == 6 && status.errors == 4)
    }

    @Test("the reported document has version, board, sensors, settings and what was refused")
    func reported() throws {
        var configuration = AgentConfiguration()
        var rule = ChannelRule()
        (rule.offset, rule.deadBand) = (-0.4, 1)
        configuration.sensors = [
            SensorConfiguration(
                name: "room.a",
                source: .simulated(seed: 1),
                intervalMilliseconds: 5_000,
                channels: [.temperature: "t", .humidity: "h"],
                rules: [.temperature: rule]
            )
        ]
        var state = ReportedState(settings: configuration)
        state.board.model = "Pi"
        var status = SensorStatus()
        _ = status.sampled(
            SensorGroup.Outcome(sensor: 0, readings: [], fault: SensorFault(.crc, "wrong"), change: .failing)
        )
        state.statuses = [status]
        state.refusals = [SettingRefusal(key: "logLevel", reason: "is 1; expected a name")]
        state.desiredVersion = 7
        #expect(
            state.json
                == json(
                    #"""
                    {"agent":{"version":"\#(AgentVersion.text)"},"board":{"model":"Pi"},
                     "sensors":{"room_a":{"place":"simulated","state":"failing","reason":"crc","detail":"wrong"}},
                     "settings":{"logLevel":"info","sensors":{"room_a":{"intervalMilliseconds":5000}},
                                 "channels":{"t":{"offset":-0.4,"deadBand":1}}},
                     "desired":{"version":7,"refused":[{"key":"logLevel","reason":"is 1; expected a name"}]}}
                    """#
                )
        )
        // What is reported as settings can be desired again.
        let settings = ReportedState.settings(of: configuration)
        #expect(RemoteSettings(desired: settings, over: configuration).refusals.isEmpty)
    }

    @Test("64 failing sensors with long names fit into a twin's section of 32 KiB")
    func size() {
        var configuration = AgentConfiguration()
        var rule = ChannelRule()
        (rule.offset, rule.deadBand, rule.intervalMinMilliseconds, rule.intervalMaxMilliseconds) = (-0.25, 0.5, 1, 2)
        configuration.sensors = (0..<64).map { number in
            SensorConfiguration(
                name: "sensor number \(number)",
                source: .i2c(chip: "sht3x", adapter: "/dev/i2c-\(number)", address: 0x44),
                intervalMilliseconds: 5_000,
                channels: [.temperature: "temperature_\(number)", .humidity: "humidity_\(number)"],
                rules: [.temperature: rule]
            )
        }
        var status = SensorStatus()
        let detail = String(repeating: "°", count: 400)
        _ = status.sampled(
            SensorGroup.Outcome(sensor: 0, readings: [], fault: SensorFault(.crc, detail), change: .failing)
        )
        var state = ReportedState(settings: configuration)
        state.statuses = Array(repeating: status, count: 64)
        #expect(state.json.bytes.count < 32_768)
    }
}
