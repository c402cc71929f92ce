import BoardTestSupport
import Foundation
import Glibc
import SensorTestSupport

/// A board without a battery clock: it boots in 1970, its kernel is never synchronised, and its time passes as fast as the
/// test says. It has three I2C adapters with a ``CountingSensor`` each, and a real `weir-agent` runs on it.
final class EmulatedBoard {
    /// The adapters' numbers, which the sensors' names end in.
    static let buses = [1, 2, 3]

    let clock: BoardClock
    /// What each adapter's sensor has given, by its number.
    let results: [Int: CountingSensor.Results]
    private let emulator: I2CEmulator
    private let folder: TemporaryFolder
    private let configuration: String

    /// - Parameters:
    ///   - device: who it is.
    ///   - gateway: where it connects, also while it is down.
    ///   - folder: configuration and state folder are made in it.
    /// - Throws: when something cannot be made.
    init(_ device: TestDevice, _ gateway: GatewayUnderTest, in folder: TemporaryFolder) throws {
        let place = URL(filePath: folder.path)
        let clock = try BoardClock(in: place)
        try clock.set(Date(timeIntervalSince1970: 100), isSynchronised: false)
        let emulator = try I2CEmulator(in: place, clock: clock)
        var results: [Int: CountingSensor.Results] = [:]
        for bus in Self.buses {
            results[bus] = emulator.adapter("/dev/i2c-\(bus)").withBus { bus in
                let sensor = CountingSensor()
                bus.chips[0x44] = sensor
                return sensor.results
            }
        }
        let sensors = Self.buses.map { "  - {type: sht3x, name: s\($0), bus: /dev/i2c-\($0), prefix: s\($0)_}\n" }
        self.clock = clock
        self.results = results
        self.emulator = emulator
        self.folder = folder
        self.configuration = """
            connection: {connectionString: "\(device.connectionString)"}
            mqtt: {port: \(gateway.ports.mqtts), reconnectMaxSeconds: 10}
            tls: {caFile: \(gateway.authority)}
            clock: {gatewayPort: \(gateway.ports.https)}
            stop: {waitSeconds: 60}
            sampling: {intervalMilliseconds: 1000}
            sensors:
            \(sensors.joined())
            """
    }

    /// Starts the agent, or starts it again: the board has not booted meanwhile.
    ///
    /// - Parameter drain: readings of the backlog that it sends a second at most.
    /// - Returns: the running program.
    /// - Throws: when it cannot be started.
    func startAgent(drain: Int = 16_000) throws -> RunningProcess {
        let spool = "spool: {directory: state, freeDiskMinBytes: 0, drainReadingsPerSecond: \(drain)}\n"
        let file = try self.folder.write("agent.yaml", self.configuration + spool)
        return try RunningProcess(
            BuiltProgram.agent,
            ["run", "--summary", "--config", file],
            environment: self.emulator.environment(library: BoardShim.library())
        )
    }

    /// Whether every sensor has given so many results.
    func hasGiven(_ count: Int) -> Bool { self.results.values.allSatisfy { $0.count >= count } }

    /// Bytes of the agent's spool.
    var spoolBytes: Int { self.spoolFiles().reduce(0) { $0 + $1.count } }

    /// `kill -9` at a moment when the agent has all that the sensors gave in safety: what it was about to read is still the
    /// sensors', so nothing may be missing afterwards.
    ///
    /// - Parameters:
    ///   - agent: is killed.
    ///   - areSafe: says whether somebody has the last reading of each sensor, given as `"s1_temperature":-12.34`.
    /// - Throws: when that does not come about.
    func kill(_ agent: RunningProcess, once areSafe: ([String]) async throws -> Bool) async throws {
        let adapters = Self.buses.map { self.emulator.adapter("/dev/i2c-\($0)") }
        for adapter in adapters { adapter.hold(true) }
        let last = self.results.map { bus, results in
            "\"s\(bus)_temperature\":\(CountingSensor.text(of: results.count - 1))"
        }
        try await Waiting.until("\(last) are safe; \(agent.errors)", within: .seconds(60)) { try await areSafe(last) }
        agent.send(SIGKILL)
        _ = try await agent.exit(within: .seconds(60))
        // What it still wanted of them must not be given to a dead program.
        for adapter in adapters {
            adapter.plug(false)
            adapter.hold(false)
        }
        try await Waiting.until("the adapters are closed", within: .seconds(60)) {
            adapters.allSatisfy { $0.descriptors.openNow == 0 }
        }
        for adapter in adapters { adapter.plug(true) }
    }

    /// Whether the spool's files hold all of these texts.
    func spoolHolds(_ texts: [String]) -> Bool {
        let files = self.spoolFiles()
        return texts.allSatisfy { text in files.contains { $0.range(of: Data(text.utf8)) != nil } }
    }

    private func spoolFiles() -> [Data] {
        let folder = self.folder.file("state/spool")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)") }
    }
}
