import EdgeAgent
import EdgeCore
import Foundation
import SensorKit
import TelemetryModel
import Testing

@Suite("Linux: clocks, threads, buses, kernel files")
struct LinuxTests {
    @Test("an adapter that is not there is adapter_gone and says so, for every kind of transfer")
    func missingAdapter() {
        let bus = LinuxI2CBus(path: "/dev/i2c-weir-test")
        let faults = [
            #expect(throws: SensorFault.self) { try bus.claim(0x44) },
            #expect(throws: SensorFault.self) { try bus.write([0x24, 0x00], to: 0x44) },
            #expect(throws: SensorFault.self) { try bus.read(6, from: 0x44) },
            #expect(throws: SensorFault.self) { try bus.writeRead([0xD0], 1, at: 0x44) },
        ]
        for fault in faults {
            #expect(fault?.reason == .adapterGone)
            #expect(fault?.detail.contains("/dev/i2c-weir-test") == true)
        }
    }

    @Test("a file that is no adapter is refused and closed again")
    func noAdapter() {
        let before = Self.openDescriptors()
        let bus = LinuxI2CBus(path: "/dev/null")
        for _ in 0..<50 {
            let fault = #expect(throws: SensorFault.self) { try bus.write([0], to: 0x44) }
            #expect(fault?.reason == .busError)
        }
        #expect(Self.openDescriptors() <= before + 20, "descriptors leak")
    }

    @Test("kernel files are listed, read and followed; what is missing is a fault")
    func kernelFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-sysfs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("hwmon0"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("hwmon0/temp1_input")
        try Data("21420\n".utf8).write(to: input)
        let files = LinuxSysfs()
        #expect(files.list(folder.path) == ["hwmon0"])
        #expect(files.list(folder.path + "/none").isEmpty)
        #expect(try files.read(input.path) == Array("21420\n".utf8))
        #expect(files.exists(input.path) && !files.exists(folder.path + "/none"))
        #expect(files.canonicalPath(folder.path + "/hwmon0/../hwmon0")?.hasSuffix("/hwmon0") == true)
        let fault = #expect(throws: SensorFault.self) { try files.read(folder.path + "/none") }
        #expect(fault?.reason == .adapterGone)
        let isFolder = #expect(throws: SensorFault.self) { try files.read(folder.path) }
        #expect(isFolder?.reason == .busError)
        var sensor = SysfsSensor(.hwmon, at: .folder(folder.path + "/hwmon0"), files: files)
        try sensor.prepare()
        #expect(try sensor.collect().map(\.value) == [21.42])
    }

    @Test("a thread that has ended is noticed, one that has not is not waited for")
    func threads() {
        let gate = WakeEvent()
        let thread = NamedThread("weir-test") { _ = gate.wait(atMost: .seconds(30)) }
        #expect(!thread.wait(atMost: .milliseconds(5)))
        gate.signal()
        #expect(thread.wait(atMost: .seconds(30)))
    }

    @Test("a wake event stays readable until it is cleared, however often it was signalled")
    func wakeEvent() {
        let event = WakeEvent()
        #expect(!event.wait(atMost: .zero))
        event.signal()
        event.signal()
        #expect(event.wait(atMost: .zero))
        event.clear()
        #expect(!event.wait(atMost: .zero))
    }

    @Test("the clock sleeps at least as long as it is told")
    func clock() {
        let clock = SystemClock()
        let start = clock.now
        clock.sleep(for: .milliseconds(3))
        #expect(clock.now - start >= .milliseconds(3))
        clock.sleep(until: start)
        #expect(clock.wallTime.milliseconds > 1_700_000_000_000)
    }

    @Test("log lines carry a priority away from a terminal and stay one line whatever they quote")
    func journal() throws {
        let pipe = Pipe()
        let journal = Journal(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        journal(.warning, "a\nb\u{7F}")
        journal(.error, "°C")
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text == "<4>a b \n<3>°C\n")
    }

    @Test("lines above the level are left out, repeats are collapsed, and the last 64 lines are kept")
    func journalLevels() throws {
        let pipe = Pipe()
        let journal = Journal(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        journal(.debug, "too much")
        journal.level = .error
        journal(.warning, "too much")
        journal.level = .debug
        for _ in 0..<3 { journal(.debug, "again") }
        journal(.info, "other")
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text == "<7>again\n<7>the last line came 3 times\n<6>other\n")
        #expect(journal.recent.map(\.line.text) == ["again", "the last line came 3 times", "other"])
        let quiet = Journal(descriptor: -1)
        for number in 0..<(Journal.recentMax + 1) { quiet(.info, "\(number)") }
        #expect(quiet.recent.count == Journal.recentMax && quiet.recent.first?.line.text == "1")
    }

    @Test("orders for a bus are taken once, the newest settings of several, and the end stays")
    func busPort() {
        let port = BusPort()
        #expect(port.take().sensors == nil)
        port.apply([])
        port.stop()
        port.request(
            BusPort.Request(sensors: [0], initialisesAgain: true, answer: SampleAnswer(buses: 1, changed: WakeEvent()))
        )
        #expect(port.wake.wait(atMost: .zero))
        let orders = port.take()
        #expect(orders.isStopping && orders.sensors == [] && orders.requests.count == 1)
        #expect(!port.wake.wait(atMost: .zero))
        let next = port.take()
        #expect(next.isStopping && next.sensors == nil && next.requests.isEmpty)
    }

    private static func openDescriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}
