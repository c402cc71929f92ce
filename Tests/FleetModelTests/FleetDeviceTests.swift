import FleetModel
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("a simulated device's readings")
struct FleetDeviceTests {
    static func scenario(seed: UInt64, count: Int = 8, faults: [Fault] = []) -> Scenario {
        Scenario(
            seed: seed,
            startHour: 10,
            groups: [
                DeviceGroup(
                    ids: (1...count).map { "greenhouse-\($0)" },
                    kind: .greenhouse,
                    interval: .milliseconds(250),
                    channels: PlaceKind.greenhouse.channels
                )
            ],
            faults: faults
        )
    }

    /// FNV-1a, 64 bits, over the bodies of the first readings of every device.
    static func digest(_ scenario: Scenario, readings: Int) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for var device in scenario.makeDevices() {
            for _ in 0..<readings {
                var writer = JSONWriter()
                device.next().write(into: &writer, startedAt: Timestamp(milliseconds: 0))
                for byte in writer.bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            }
        }
        return String(hash, radix: 16)
    }

    @Test("seed 42 gives the readings it always gave")
    func golden() {
        #expect(FleetDeviceTests.digest(FleetDeviceTests.scenario(seed: 42), readings: 1_000) == "acd9270ad9e5ce1b")
    }

    @Test("the same seed gives the same readings, another seed gives others")
    func seeds() {
        let first = FleetDeviceTests.digest(FleetDeviceTests.scenario(seed: 7), readings: 100)
        #expect(first == FleetDeviceTests.digest(FleetDeviceTests.scenario(seed: 7), readings: 100))
        #expect(first != FleetDeviceTests.digest(FleetDeviceTests.scenario(seed: 8), readings: 100))
    }

    @Test("a device's numbers do not change when the group has more devices")
    func independent() {
        var small = FleetDeviceTests.scenario(seed: 3, count: 4).makeDevices()
        var large = FleetDeviceTests.scenario(seed: 3, count: 5).makeDevices()
        for index in 0..<4 {
            for _ in 0..<10 {
                let numbers = small[index].next().values
                #expect(numbers == large[index].next().values)
            }
        }
    }

    @Test("a body is one flat object with the time first")
    func body() {
        var device = FleetDeviceTests.scenario(seed: 42).makeDevices()[1]
        var writer = JSONWriter()
        device.next().write(into: &writer, startedAt: Timestamp(milliseconds: 1_000))
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"{"ts":"1970-01-01T00:00:01.031Z","temperature":"#), "\(text)")
        #expect(
            text.wholeMatch(of: /\{"ts":"[^"]*","temperature":-?\d+\.\d\d,"humidity":\d+\.\d\d\}/) != nil,
            "\(text)"
        )
    }

    @Test("devices of a group are spread over the interval and keep their rhythm")
    func rhythm() {
        var devices = FleetDeviceTests.scenario(seed: 42, count: 5).makeDevices()
        #expect(devices.map(\.nextDue) == [0, 50, 100, 150, 200].map { .milliseconds($0) })
        _ = devices[3].next()
        #expect(devices[3].nextDue == .milliseconds(400))
    }

    @Test(
        "a spike lifts exactly its readings, from the first one due at or after its time",
        arguments: [(7_999, 32), (8_000, 32), (8_001, 33), (0, 0)]
    )
    func spike(afterMilliseconds: Int, first: Int) {
        let fault = Fault(
            kind: .spike,
            device: "greenhouse-1",
            channel: "temperature",
            after: .milliseconds(afterMilliseconds),
            size: 15,
            readings: 2
        )
        var plain = FleetDeviceTests.scenario(seed: 42).makeDevices()[0]
        var faulty = FleetDeviceTests.scenario(seed: 42, faults: [fault]).makeDevices()[0]
        for number in 0..<40 {
            let difference = zip(faulty.next().values, plain.next().values).map { $0.number.value - $1.number.value }
            let expected = (first..<first + 2).contains(number) ? 15.0 : 0
            #expect(abs(difference[0] - expected) < 1e-6, "reading \(number)")
            #expect(difference[1] == 0)
        }
    }

    @Test("readings stay in the sensor's range however large a fault is")
    func range() {
        let fault = Fault(
            kind: .spike,
            device: "greenhouse-1",
            channel: "humidity",
            after: .zero,
            size: 1e9,
            readings: 1
        )
        var device = FleetDeviceTests.scenario(seed: 42, faults: [fault]).makeDevices()[0]
        #expect(device.next().values[1].number.value == 100)
    }

    @Test("over a day each kind of place stays near its mean and moves with its cycle", arguments: PlaceKind.allCases)
    func plausible(kind: PlaceKind) {
        let group = DeviceGroup(ids: ["d"], kind: kind, interval: .seconds(60), channels: kind.channels)
        var device = Scenario(seed: 5, startHour: 0, groups: [group], faults: []).makeDevices()[0]
        let readings = (0..<1_440).map { _ in device.next() }
        for (index, model) in kind.channels.enumerated() {
            let values = readings.map { $0.values[index].number.value }
            let mean = values.reduce(0, +) / 1_440
            let reach = model.cycle.amplitude + 5 * (model.spread + model.wander + model.noise)
            #expect(abs(mean - model.mean) < 4 * model.spread + model.wander)
            #expect(values.allSatisfy { abs($0 - model.mean) < reach })
        }
    }
}
