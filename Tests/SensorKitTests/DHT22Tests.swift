import SensorKit
import SensorTestSupport
import Testing

@Suite("DHT22 through the kernel, sensors contract 3")
struct DHT22Tests {
    private let files = FakeSysfs()
    private let clock = ManualClock()
    private let folder = "/sys/bus/iio/devices/iio:device0"

    /// What the kernel's driver makes of a frame: humidity · 10, temperature · 10 with its sign in bit 15, their sum.
    private static func attributes(_ frame: [UInt8]) -> (temperature: String, humidity: String)? {
        guard frame.count == 5, frame[..<4].reduce(0, &+) == frame[4] else { return nil }
        let magnitude = Int(frame[2] & 0x7F) << 8 | Int(frame[3])
        let temperature = frame[2] & 0x80 == 0 ? magnitude : -magnitude
        return ("\(temperature * 100)\n", "\((Int(frame[0]) << 8 | Int(frame[1])) * 100)\n")
    }

    private func present(_ frame: [UInt8], named name: String = "dht11@4") throws {
        let (temperature, humidity) = try #require(Self.attributes(frame))
        self.files.files = [
            "\(self.folder)/name": "\(name)\n", "\(self.folder)/in_temp_input": temperature,
            "\(self.folder)/in_humidityrelative_input": humidity,
        ]
    }

    private func group() -> SensorGroup {
        SensorGroup([DHT22(at: .named(DHT22.driver, device: nil), files: self.files)], clock: self.clock)
    }

    @Test(
        "the contract's frames, whatever instance the driver's name carries",
        arguments: [
            ([0x02, 0x8C, 0x01, 0x5F, 0xEE], 35.1, 65.2), ([0x03, 0xE8, 0x80, 0x65, 0xD0], -10.1, 100),
        ] as [([UInt8], Double, Double)],
        ["dht11", "dht11@4"]
    )
    func frames(frame: ([UInt8], Double, Double), name: String) throws {
        try self.present(frame.0, named: name)
        var group = self.group()
        let outcome = try #require(group.sample([0]).first)
        #expect(outcome.readings.map(\.value) == [frame.1, frame.2])
    }

    @Test("a lost answer is asked for once more after 2 s; the second channel is not read after the first failed")
    func retry() throws {
        try self.present([0x02, 0x8C, 0x01, 0x5F, 0xEE])
        var group = self.group()
        _ = group.sample([0])
        var reads: [(file: String, at: Duration)] = []
        var failures = 1
        let temperature = "\(self.folder)/in_temp_input"
        let files = self.files
        let clock = self.clock
        files.beforeRead = { path in
            if path.hasSuffix("_input") { reads.append((path, clock.now)) }
            files.faults = path == temperature && failures > 0 ? [temperature: .timeout] : [:]
            if path == temperature { failures -= 1 }
        }
        let outcome = try #require(group.sample([0]).first)
        #expect(outcome.fault == nil)
        #expect(reads.map { $0.file == temperature } == [true, true, false])
        #expect(reads[1].at - reads[0].at >= .seconds(2))
    }

    @Test("two lost answers are a failed sample; missed edges are no locked bus")
    func lost() throws {
        try self.present([0x02, 0x8C, 0x01, 0x5F, 0xEE])
        var group = self.group()
        _ = group.sample([0])
        self.files.faults = ["\(self.folder)/in_temp_input": .timeout]
        for _ in 0..<4 {
            let start = self.clock.now
            let outcome = try #require(group.sample([0]).first)
            #expect(outcome.fault?.reason == .timeout)
            #expect(self.clock.now - start == .seconds(2))
            #expect(group.busChange == .none)
            self.clock.now += .seconds(10)
        }
        self.files.faults = [:]
        #expect(group.sample([0]).first?.fault == nil)
    }

    @Test(
        "values outside −40…80 °C are bad, on both sides",
        arguments: [(-40_000, true), (-40_100, false), (80_000, true), (80_100, false)]
    )
    func range(milli: Int, isGood: Bool) throws {
        try self.present([0x02, 0x8C, 0x01, 0x5F, 0xEE])
        self.files.files["\(self.folder)/in_temp_input"] = "\(milli)\n"
        var group = self.group()
        let outcome = try #require(group.sample([0]).first)
        #expect((outcome.readings[0].value != nil) == isGood)
    }
}
