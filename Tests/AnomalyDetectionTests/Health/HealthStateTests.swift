import AnomalyDetection
import TelemetryModel
import TestSupport
import Testing

@Suite("the state of a device's health: exact, bounded, refused when damaged")
struct HealthStateTests {
    /// A device with something of everything: two days, spikes, a shift, an open alert.
    private static func device(_ seed: UInt64) -> MonitoredDevice {
        var device = MonitoredDevice(seed: seed)
        device.feed(3_000)
        device.feed(3, temperature: 70)
        device.feed(40)
        device.feed(60, humidity: 80)
        return device
    }

    private static func bytes(_ monitor: HealthMonitor) -> [UInt8] {
        var writer = StateWriter()
        monitor.snapshot(into: &writer)
        return writer.bytes
    }

    private static func restored(_ bytes: [UInt8]) throws -> HealthMonitor {
        var reader = StateReader(bytes)
        return try HealthMonitor(device: "dev-1", model: MonitoredDevice.model, restoring: &reader)
    }

    @Test("a restored monitor has the same bytes and goes on the same")
    func goesOn() throws {
        var device = HealthStateTests.device(1)
        var other = device
        other.monitor = try HealthStateTests.restored(HealthStateTests.bytes(device.monitor))
        #expect(other.monitor == device.monitor)
        #expect(HealthStateTests.bytes(other.monitor) == HealthStateTests.bytes(device.monitor))
        let going = device.feed(200) + device.feed(5, temperature: -40) + device.feed(300)
        let resumed = other.feed(200) + other.feed(5, temperature: -40) + other.feed(300)
        #expect(going == resumed)
        #expect(HealthStateTests.bytes(other.monitor) == HealthStateTests.bytes(device.monitor))
    }

    @Test("the same records give the same reports, whatever the ticks between them that find nothing")
    func determinism() {
        var one = MonitoredDevice(seed: 5)
        var two = MonitoredDevice(seed: 5)
        for place in 0..<1_000 {
            one.wait(30)
            for _ in 0..<30 { two.wait(1) }
            let temperature = place % 97 == 96 ? 70.0 : nil
            let first = one.send(one.record(temperature: temperature))
            let second = two.send(two.record(temperature: temperature))
            #expect(first == second)
        }
        #expect(one.changes == two.changes)
        #expect(HealthStateTests.bytes(one.monitor) == HealthStateTests.bytes(two.monitor))
    }

    @Test("state cut short is refused at every byte of the first and last thousand")
    func cut() {
        let bytes = HealthStateTests.bytes(HealthStateTests.device(2).monitor)
        for length in Array(0..<min(1_000, bytes.count)) + Array(max(bytes.count - 1_000, 0)..<bytes.count) {
            #expect(throws: StateReader.Fault.self) { try HealthStateTests.restored(Array(bytes.prefix(length))) }
        }
    }

    @Test("another version, and another number of channels, is refused")
    func versions() {
        var bytes = HealthStateTests.bytes(HealthStateTests.device(3).monitor)
        bytes[0] += 1
        #expect(throws: StateReader.Fault.self) { try HealthStateTests.restored(bytes) }
        bytes[0] -= 1
        var reader = StateReader(bytes)
        #expect(throws: StateReader.Fault.self) {
            try HealthMonitor(device: "dev-1", model: HealthModel(channels: []), restoring: &reader)
        }
    }

    @Test("damaged bytes are refused or give a monitor that works: never a crash")
    func fuzz() {
        var random = SeededGenerator.announced()
        let bytes = HealthStateTests.bytes(HealthStateTests.device(4).monitor)
        var refused = 0
        for _ in 0..<400 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let monitor = try? HealthStateTests.restored(damaged) else {
                refused += 1
                continue
            }
            var device = MonitoredDevice(seed: 6)
            device.monitor = monitor
            device.wait(100_000)
            device.feed(12)
            device.feed(2, temperature: 90)
            device.wait(100_000)
        }
        #expect(refused > 0)
    }

    @Test("a device takes at most 1 KiB before its first reading and 3 KiB for each channel; alerts 1.5 KiB more each")
    func memory() {
        let idle = HealthMonitor(device: "dev-1", model: MonitoredDevice.model)
        #expect(HealthStateTests.bytes(idle).count <= 1_024)
        let size = HealthStateTests.bytes(HealthStateTests.device(7).monitor).count
        print("a device with three channels and an open alert: \(size) bytes of state")
        #expect(size <= 1_024 + 3 * 3_072 + 2 * 1_536)
        var long = HealthStateTests.device(7)
        for _ in 0..<20 {
            long.feed(300)
            long.feed(20, temperature: 70)
        }
        #expect(HealthStateTests.bytes(long.monitor).count <= size + 2 * 1_536)
    }
}
