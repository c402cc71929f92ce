/// The units of one serial line, asked one after another.
///
/// - A request leaves after at least 40 ms, and 3.5 characters, of silence.
/// - A unit that does not answer costs one deadline. For as long again it is left alone, since an answer that comes late
///   would pass for the next one's: the sensor that asked waits, other sensors of the unit fail at once.
/// - After an answer that cannot be used the line is listened to until it has been silent for 20 ms.
/// Used by one thread only, the port's worker.
package final class ModbusLine {
    /// Least pause between two requests; units are slow to turn around.
    private static let requestPause: Duration = .milliseconds(40)
    /// Silence that ends a broken answer, and how long a line that never falls silent is listened to.
    private static let silence: Duration = .milliseconds(20)
    private static let silenceWaitMax: Duration = .milliseconds(500)
    /// A unit that is busy is asked again after this.
    private static let busyPause: Duration = .milliseconds(500)

    /// A unit that did not answer.
    private struct SilentUnit {
        var unit: UInt8
        var until: Duration
        /// The sensor that has waited for it already.
        var sensor: Int
    }

    private let port: any SerialPort
    private let settings: SerialSettings
    private let replyDeadline: Duration
    private let clock: any BusClock
    private var quietAt: Duration = .zero
    private var silentUnits: [SilentUnit] = []
    private var received: [UInt8] = []

    /// `replyDeadline` is from the end of the request to the begin of the answer.
    package init(port: any SerialPort, settings: SerialSettings, replyDeadline: Duration, clock: any BusClock) {
        self.port = port
        self.settings = settings
        self.replyDeadline = replyDeadline
        self.clock = clock
    }

    package func open() throws(SensorFault) {
        try self.port.open()
    }

    /// Asks one question; a unit that says it is busy is asked once more.
    /// `sensor` is who asks, any number that is its own.
    package func registers(_ request: ModbusRequest, for sensor: Int) throws(SensorFault) -> [UInt16] {
        var isSecond = false
        while true {
            switch try self.exchange(request, for: sensor) {
            case .registers(let words): return words
            case .exception(let code) where (code == 5 || code == 6) && !isSecond:
                isSecond = true
                self.clock.sleep(for: Self.busyPause)
            case .exception(let code): throw Self.fault(of: request, exception: code)
            case .fault(let fault): throw fault
            case .incomplete: preconditionFailure("an exchange ends with an answer or a fault")
            }
        }
    }

    private func exchange(_ request: ModbusRequest, for sensor: Int) throws(SensorFault) -> ModbusReply.Progress {
        try self.port.open()
        try self.waitForLateAnswer(from: request.unit, sensor: sensor)
        let pause = max(Self.requestPause, self.settings.time(ofCharacters: 4))
        self.clock.sleep(until: self.quietAt + pause)
        try self.drain(atMost: .zero)
        try self.port.write(request.bytes)
        let onWire = self.settings.time(ofCharacters: ModbusRequest.length + request.answerLength)
        let deadline = self.clock.now + self.replyDeadline + onWire
        var reply = ModbusReply(to: request)
        while true {
            self.received.removeAll(keepingCapacity: true)
            guard try self.port.read(into: &self.received, until: deadline) > 0 else {
                let now = self.clock.now
                self.quietAt = now
                self.silentUnits.append(SilentUnit(unit: request.unit, until: now + self.replyDeadline, sensor: sensor))
                return .fault(reply.faultAtDeadline)
            }
            let progress = reply.received(self.received)
            switch progress {
            case .incomplete:
                guard self.clock.now >= deadline else { continue }
                let now = self.clock.now
                self.quietAt = now
                self.silentUnits.append(SilentUnit(unit: request.unit, until: now + self.replyDeadline, sensor: sensor))
                return .fault(reply.faultAtDeadline)
            case .registers, .exception: self.quietAt = self.clock.now
            case .fault:
                try self.drain(atMost: Self.silenceWaitMax)
                self.quietAt = self.clock.now
            }
            return progress
        }
    }

    private func waitForLateAnswer(from unit: UInt8, sensor: Int) throws(SensorFault) {
        let now = self.clock.now
        self.silentUnits.removeAll { $0.until <= now }
        guard let silent = self.silentUnits.first(where: { $0.unit == unit }) else { return }
        guard silent.sensor == sensor else {
            throw SensorFault(.noReply, "unit \(unit) did not answer a moment ago", retry: .nextSample)
        }
        self.clock.sleep(until: silent.until)
    }

    /// Throws away what comes until the line is silent, or `limit` has passed; zero: what has come already.
    private func drain(atMost limit: Duration) throws(SensorFault) {
        let end = self.clock.now + limit
        repeat {
            self.received.removeAll(keepingCapacity: true)
            let silentAt = limit == .zero ? end : self.clock.now + Self.silence
            guard try self.port.read(into: &self.received, until: silentAt) > 0 else { return }
        } while self.clock.now < end
    }

    private static func fault(of request: ModbusRequest, exception code: UInt8) -> SensorFault {
        let place = "unit \(request.unit), \(request.count) registers from \(request.address)"
        switch code {
        case 1: return SensorFault(.exception, "\(place): it has no such function (exception 1)", retry: .afterRepair)
        case 2: return SensorFault(.exception, "\(place): it has no such register (exception 2)", retry: .afterRepair)
        case 3: return SensorFault(.exception, "\(place): it refuses the request (exception 3)", retry: .afterRepair)
        case 5, 6: return SensorFault(.exception, "\(place): it is busy (exception \(code))", retry: .nextSample)
        default: return SensorFault(.exception, "\(place): exception \(code)", retry: .nextSample)
        }
    }
}
