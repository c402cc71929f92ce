import EdgeCore
import Glibc
import SensorKit

/// A serial port with its sensors, as a worker's bus: besides time, the port itself says when there is something to do.
/// Used by one thread only, the port's worker.
final class SerialBus {
    /// How long somebody waits for a line who looks only once.
    private static let silenceMax: Duration = .seconds(10)

    /// In the order of the configuration.
    private(set) var drivers: [any SensorDriver] = []
    private let port: LinuxSerialPort
    private let clock: SystemClock
    /// `nil` when the sensors are asked.
    private var feed: LineFeed?

    /// `nil` when the sensors are on another kind of bus.
    ///
    /// - Parameters:
    ///   - sensors: All sensors of a bus.
    ///   - waitsForLines: Whether somebody waits for a sensor that sends by itself, and not for days.
    ///   - clock: The worker's.
    init?(_ sensors: [SensorConfiguration], waitsForLines: Bool, clock: SystemClock) {
        guard let line = sensors.first?.serialLine else { return nil }
        let port = LinuxSerialPort(path: line.port, settings: line.settings, clock: clock)
        self.port = port
        self.clock = clock
        let reply: Duration = .milliseconds(line.replyMilliseconds)
        var modbus: ModbusLine?
        var exchange: LineExchange?
        for (index, sensor) in sensors.enumerated() {
            switch sensor.source {
            case .modbus(_, let unit, let map):
                let shared =
                    modbus ?? ModbusLine(port: port, settings: line.settings, replyDeadline: reply, clock: clock)
                modbus = shared
                self.drivers.append(ModbusSensor(unit: unit, map: map, line: shared, index: index))
            case .lines(_, let format, .asked(let question)):
                let shared =
                    exchange ?? LineExchange(port: port, settings: line.settings, replyDeadline: reply, clock: clock)
                exchange = shared
                let bytes = Array(question.utf8)
                self.drivers.append(LineQuerySensor(format, question: bytes, exchange: shared))
            case .lines(_, let format, .streams(let greeting)):
                let shared = self.feed ?? LineFeed(port: port, greeting: Array(greeting.utf8), clock: clock)
                self.feed = shared
                let silence = Duration.milliseconds(sensor.intervalMilliseconds) * SampleSchedule.silentIntervals
                let silenceMax = waitsForLines ? min(silence, Self.silenceMax) : silence
                self.drivers.append(LineSensor(format, feed: shared, silenceMax: silenceMax))
            case .i2c, .sysfs, .oneWire, .dht22, .simulated:
                preconditionFailure("a serial port's sensors share no bus with others")
            }
        }
    }

    /// Whether the sensors send by themselves.
    var isSending: Bool { self.feed != nil }

    /// The open port, to be waited for.
    var descriptor: Int32? { self.port.descriptor }

    /// What to wait for on it besides its end, which is noticed at once: as long as somebody has the port open, the device
    /// comes back under another name.
    var events: Int32 { self.isSending ? POLLIN : 0 }

    /// When ``takeDue(_:_:)`` has to be called although nothing is due; `nil`: never.
    var serviceAt: Duration? { self.feed?.serviceAt }

    /// Looks after the port, and says which sensors are due.
    func takeDue(_ schedule: inout SampleSchedule, _ group: inout SensorGroup) -> [Int] {
        guard let feed = self.feed else {
            self.port.closeIfGone()
            return schedule.takeDue(at: self.clock.now)
        }
        let news = feed.service()
        let now = self.clock.now
        if news.isLost {
            _ = schedule.takeDue(at: now)
            return Array(self.drivers.indices)  // each of them says so
        }
        let arrived = schedule.takeArrived(news.arrived, at: now)
        feed.discard(news.arrived.filter { !arrived.contains($0) })
        for sensor in arrived { group.probeSoon(sensor) }
        return Set(arrived).union(schedule.takeDue(at: now)).sorted()
    }
}
