import SensorKit
import SensorTestSupport
import Testing

@Suite("sensors through kernel drivers, sensors contract 3")
struct SysfsSensorTests {
    private let files = FakeSysfs()
    private let hwmon = "/sys/class/hwmon/hwmon3"
    private let iio = "/sys/bus/iio/devices/iio:device0"

    private func read(_ sensor: SysfsSensor) throws(SensorFault) -> [ChannelReading] {
        var sensor = sensor
        try sensor.prepare()
        #expect(try sensor.start() == .zero)
        return try sensor.collect()
    }

    private func fault(_ sensor: SysfsSensor) -> SensorFault? {
        #expect(throws: SensorFault.self) { try self.read(sensor) }
    }

    private func text(_ reading: ChannelReading) -> Double? {
        reading.value.map { ($0 * 100).rounded() / 100 }
    }

    @Test("hwmon is found by name and read in thousandths")
    func hwmonByName() throws {
        self.files.files = [
            "/sys/class/hwmon/hwmon0/name": "cpu_thermal\n", "/sys/class/hwmon/hwmon0/temp1_input": "48312\n",
            "\(self.hwmon)/name": "sht3x\n", "\(self.hwmon)/temp1_input": "-5177\n",
            "\(self.hwmon)/humidity1_input": "78502\n",
        ]
        let readings = try self.read(SysfsSensor(.hwmon, at: .named("sht3x", device: nil), files: self.files))
        #expect(readings.map(\.value) == [-5.177, 78.502])
        let other = try self.read(SysfsSensor(.hwmon, at: .named("cpu_thermal", device: nil), files: self.files))
        #expect(other.map(\.value) == [48.312])
    }

    @Test("the contract's computed iio example: raw, offset and scale")
    func iioRaw() throws {
        self.files.files = [
            "\(self.iio)/name": "si7020\n", "\(self.iio)/in_temp_raw": "6784\n",
            "\(self.iio)/in_temp_offset": "-4368\n",
            "\(self.iio)/in_temp_scale": "10.725097\n", "\(self.iio)/in_humidityrelative_raw": "7340\n",
            "\(self.iio)/in_humidityrelative_offset": "-786\n", "\(self.iio)/in_humidityrelative_scale": "7.629394\n",
        ]
        let readings = try self.read(SysfsSensor(.iio, at: .named("si7020", device: nil), files: self.files))
        #expect(readings.map { self.text($0) } == [25.91, 50.00])
    }

    @Test("iio pressure is in kPa, a missing offset is 0 and _input wins over _raw")
    func iioPressure() throws {
        self.files.files = [
            "\(self.iio)/name": "bmp280", "\(self.iio)/in_pressure_input": "100.653",
            "\(self.iio)/in_temp_input": "25080",
            "\(self.iio)/in_temp_raw": "1", "\(self.iio)/in_humidityrelative_raw": "40644",
        ]
        let readings = try self.read(SysfsSensor(.iio, at: .folder(self.iio), files: self.files))
        #expect(readings.map(\.quantity) == [.temperature, .humidity, .pressure])
        #expect(readings.map { self.text($0) } == [25.08, 40.64, 1_006.53])
    }

    @Test("a failed or empty file is a fault with its reason, never zero")
    func failures() throws {
        self.files.files = ["\(self.hwmon)/name": "sht3x", "\(self.hwmon)/temp1_input": "\n"]
        let sensor = SysfsSensor(.hwmon, at: .folder(self.hwmon), files: self.files)
        #expect(self.fault(sensor)?.reason == .noReply)
        self.files.files["\(self.hwmon)/temp1_input"] = "abc"
        #expect(self.fault(sensor)?.reason == .parse)
        for reason in [SensorFault.Reason.timeout, .busError, .notReady] {
            self.files.faults["\(self.hwmon)/temp1_input"] = reason
            #expect(self.fault(sensor)?.reason == reason)
        }
    }

    @Test("one channel that fails does not take the other with it")
    func oneChannel() throws {
        self.files.files = [
            "\(self.hwmon)/name": "sht3x", "\(self.hwmon)/temp1_input": "21420",
            "\(self.hwmon)/humidity1_input": "48100",
        ]
        self.files.faults = ["\(self.hwmon)/humidity1_input": .busError]
        let readings = try self.read(SysfsSensor(.hwmon, at: .folder(self.hwmon), files: self.files))
        #expect(readings.map(\.outcome) == [.good(21.42), .bad(.busError)])
    }

    @Test(
        "what cannot be true is out_of_range, on both sides",
        arguments: [(150_000, true), (150_001, false), (-55_001, false)]
    )
    func plausibility(milli: Int, isGood: Bool) throws {
        self.files.files = ["\(self.hwmon)/name": "x", "\(self.hwmon)/temp1_input": "\(milli)"]
        let readings = try self.read(SysfsSensor(.hwmon, at: .folder(self.hwmon), files: self.files))
        #expect((readings[0].value != nil) == isGood)
    }

    @Test(
        "a known driver's chip has its own range, on both sides; humidity may leave 0…100 a little and is clipped later",
        arguments: [
            ("sht3x", -40_000, true), ("sht3x", -45_000, false), ("bmp280", 85_000, true), ("bmp280", 85_001, false),
            ("cpu_thermal", 110_000, true), ("tmp117", 150_000, true), ("tmp117", 150_001, false),
        ]
    )
    func knownDrivers(driver: String, milli: Int, isGood: Bool) throws {
        self.files.files = [
            "\(self.hwmon)/name": driver, "\(self.hwmon)/temp1_input": "\(milli)",
            "\(self.hwmon)/humidity1_input": "-3070",
        ]
        let readings = try self.read(SysfsSensor(.hwmon, at: .folder(self.hwmon), files: self.files))
        #expect((readings[0].value != nil) == isGood)
        #expect(readings[1].value == -3.07 && readings[1].calibrated().value == 0)
    }

    @Test("the same bits for ten minutes are suspect where the chip flickers", arguments: ["sht3x", "jc42"])
    func stuck(driver: String) throws {
        self.files.files = [
            "\(self.hwmon)/name": driver, "\(self.hwmon)/temp1_input": "21420",
            "\(self.hwmon)/humidity1_input": "48100",
        ]
        let clock = ManualClock()
        var sensor = SysfsSensor(.hwmon, at: .folder(self.hwmon), files: self.files, clock: clock)
        try sensor.prepare()
        var suspects = 0
        for _ in 0..<130 {
            clock.now += .seconds(6)
            suspects += try sensor.collect().count { reading in
                if case .suspect(_, .stuck) = reading.outcome { true } else { false }
            }
        }
        #expect(suspects == (driver == "sht3x" ? 2 * 11 : 0))
        self.files.files["\(self.hwmon)/temp1_input"] = "21430"
        #expect(try sensor.collect().map(\.outcome) == [.good(21.43), .good(48.1)])
    }

    @Test("iio's carbon dioxide is in percent")
    func carbonDioxide() throws {
        self.files.files = [
            "\(self.iio)/name": "scd4x", "\(self.iio)/in_concentration_co2_raw": "812",
            "\(self.iio)/in_concentration_co2_scale": "0.000100000",
        ]
        let readings = try self.read(SysfsSensor(.iio, at: .folder(self.iio), files: self.files))
        #expect(readings.map(\.quantity) == [.carbonDioxide])
        #expect(readings.map { self.text($0) } == [812])
    }

    @Test("two drivers of one name need the device, and a name that is not there says what is")
    func ambiguity() throws {
        self.files.files = [
            "/sys/class/hwmon/hwmon1/name": "sht3x", "/sys/class/hwmon/hwmon1/temp1_input": "1000",
            "/sys/class/hwmon/hwmon2/name": "sht3x", "/sys/class/hwmon/hwmon2/temp1_input": "2000",
        ]
        self.files.canonical = [
            "/sys/class/hwmon/hwmon1/device": "/sys/devices/platform/i2c-1/1-0044",
            "/sys/class/hwmon/hwmon2/device": "/sys/devices/platform/i2c-1/1-0045",
        ]
        let fault = self.fault(SysfsSensor(.hwmon, at: .named("sht3x", device: nil), files: self.files))
        #expect(fault?.detail.contains("set 'device'") == true)
        let second = SysfsSensor(.hwmon, at: .named("sht3x", device: "1-0045"), files: self.files)
        #expect(try self.read(second).map(\.value) == [2])
        let missing = self.fault(SysfsSensor(.hwmon, at: .named("sht4x", device: nil), files: self.files))
        #expect(missing?.reason == .adapterGone)
        #expect(missing?.detail.contains("found: sht3x, sht3x") == true)
    }

    @Test("an iio device is told apart by the folder it really lies in")
    func iioDevice() throws {
        let other = "/sys/bus/iio/devices/iio:device1"
        self.files.files = [
            "\(self.iio)/name": "si7020", "\(self.iio)/in_temp_input": "1000",
            "\(other)/name": "si7020", "\(other)/in_temp_input": "2000",
        ]
        self.files.canonical = [
            self.iio: "/sys/devices/i2c-1/1-0040/iio:device0", other: "/sys/devices/i2c-3/3-0040/iio:device1",
        ]
        let sensor = SysfsSensor(.iio, at: .named("si7020", device: "3-0040"), files: self.files)
        #expect(try self.read(sensor).map(\.value) == [2])
    }

    @Test("inputs named in the configuration are read, and missing ones are an error that names them")
    func inputs() throws {
        self.files.files = ["\(self.hwmon)/name": "board", "\(self.hwmon)/temp2_input": "33000"]
        let wanted = [SysfsAttribute(.temperature, base: "temp2")]
        let sensor = SysfsSensor(.hwmon, at: .folder(self.hwmon), attributes: wanted, files: self.files)
        #expect(try self.read(sensor).map(\.value) == [33])
        let missing = [SysfsAttribute(.temperature, base: "temp9")]
        let fault = self.fault(SysfsSensor(.hwmon, at: .folder(self.hwmon), attributes: missing, files: self.files))
        #expect(fault?.reason == .wrongChip)
        #expect(fault?.detail.contains("temp9_input") == true)
    }
}

@Suite("numbers in kernel files")
struct SysfsNumberTests {
    @Test(
        "decimals with a line end are numbers",
        arguments: [("23125\n", 23_125), ("-4368", -4_368), (" 10.725097 \n", 10.725097), ("0\n", 0)]
    )
    func numbers(text: String, expected: Double) throws {
        #expect(try SysfsNumber.parse(Array(text.utf8), from: "f") == expected)
    }

    @Test(
        "everything else is a fault",
        arguments: [
            ("", SensorFault.Reason.noReply), ("\n", .noReply), ("nan", .parse), ("inf", .parse), ("0x10", .parse),
            ("1e5", .parse), ("12 13", .parse), ("-", .parse), ("1.2.3", .parse), ("12\0", .parse),
            (String(repeating: "1", count: 65), .parse),
        ]
    )
    func faults(text: String, reason: SensorFault.Reason) {
        let fault = #expect(throws: SensorFault.self) { try SysfsNumber.parse(Array(text.utf8), from: "f") }
        #expect(fault?.reason == reason)
    }

    @Test("no bytes make it trap or give what is no finite number")
    func fuzz() {
        let seed: UInt64 = 0x7379_7366
        var random = SplitMix64(seed: seed)
        let alphabet = Array("0123456789+-. \neEx".utf8) + [0, 0x80, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...70, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            guard let value = try? SysfsNumber.parse(bytes, from: "f") else { continue }
            #expect(value.isFinite, "seed \(seed): \(bytes)")
        }
    }
}
