import EdgeCore
import Glibc
import SensorKit
import TelemetryJSON
import TelemetryModel

/// The main thread: waits for signals, carries out what the hub asks for, reports, and says every minute how the agent is.
///
/// Nothing here blocks: measuring is the workers' business, talking to the hub the uplink's. It sleeps until the next thing
/// is due, a minute mostly.
final class ControlLoop {
    enum End: Equatable {
        case signal(String)
        /// The hub asked for it.
        case restart
    }

    /// One bus: its worker's port, and which sensors are on it.
    struct Bus {
        var port: BusPort
        var numbers: [Int]
        var promise: Promise
    }

    /// What it works with; all of it is shared with other threads.
    struct Parts {
        var configuration: AgentConfiguration
        var buses: [Bus]
        var board: SensorBoard
        var desk: RemoteDesk
        var outbox: Outbox
        var clock: SystemClock
        var wallClock: WallClock
        var journal: Journal
        var desiredFile: DesiredFile?
        var connection: Promise
        var supervisor: Supervisor
    }

    /// A call whose answer needs time.
    private struct OpenCall {
        var call: DeviceConversation.Call
        var answer: SampleAnswer
        var deadline: Duration
    }

    /// How long buses may take to answer a call; the caller waits 30 s if nothing else is said.
    private static let sampleMax: Duration = .seconds(10)
    /// From the answer to `restart` to the end: so that it gets out.
    private static let restartDelay: Duration = .milliseconds(250)

    let parts: Parts
    private let startedAt: Duration
    private let healthInterval: Duration
    private var reported: ReportedState
    private var settings: RemoteSettings
    private var openCalls: [OpenCall] = []
    private var light: BoardLight?
    private var nextHealth: Duration
    private var restartAt: Duration?
    /// When the supervisor is to be told that we are alive; `nil`: nobody watches.
    private var nextFeed: Duration?

    init(_ parts: Parts) {
        self.parts = parts
        self.startedAt = parts.clock.now
        self.healthInterval = .seconds(parts.configuration.healthIntervalSeconds)
        self.nextHealth = self.startedAt + self.healthInterval
        let kept = parts.desiredFile?.load() ?? JSONObject()
        self.settings = RemoteSettings(desired: kept, lastGood: kept, over: parts.configuration)
        self.reported = ReportedState(settings: self.settings.effective)
        self.reported.board = BoardProbe(files: LinuxSysfs(), pageBytes: sysconf(Int32(_SC_PAGESIZE))).facts
    }

    /// What the twin said before the last end, over the file; for the workers' start.
    var configuration: AgentConfiguration { self.settings.effective }

    /// Runs until a signal or `restart`.
    func run(_ signals: StopSignals) -> End {
        self.parts.journal.level = self.configuration.logLevel
        self.report()
        // Ready is who measures and keeps; a network is not needed for that.
        self.parts.supervisor.tell("READY=1")
        self.nextFeed = self.parts.supervisor.watchdog.map { self.parts.clock.now + $0.feedInterval }
        while true {
            if let name = signals.take() { return self.end(.signal(name)) }
            self.parts.desk.controlWake.clear()
            let now = self.parts.clock.now
            if let restartAt = self.restartAt, now >= restartAt { return self.end(.restart) }
            for incoming in self.parts.desk.takeIncoming() { self.handle(incoming, at: now) }
            self.answerCalls(at: now)
            if self.reported.statuses != self.parts.board.statuses { self.report() }
            if var light = self.light, now >= light.stepAt { self.light = light.step(at: now) ? light : nil }
            if now >= self.nextHealth { self.publishHealth(at: now) }
            if let nextFeed = self.nextFeed, now >= nextFeed { self.feed(at: now) }
            self.wait(signals)
        }
    }

    private func wait(_ signals: StopSignals) {
        var until = self.nextHealth
        if let restartAt = self.restartAt { until = min(until, restartAt) }
        if let nextFeed = self.nextFeed { until = min(until, nextFeed) }
        if let light = self.light { until = min(until, light.stepAt) }
        for open in self.openCalls { until = min(until, open.deadline) }
        var entries = [
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: self.parts.desk.controlWake.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        poll(&entries, 2, WakeEvent.milliseconds(until - self.parts.clock.now))
    }

    private func end(_ end: End) -> End {
        self.light?.restore()
        self.parts.supervisor.tell(end == .restart ? "STATUS=restarting" : "STOPPING=1")
        return end
    }

    private func feed(at now: Duration) {
        guard let watchdog = self.parts.supervisor.watchdog else { return }
        self.nextFeed = now + watchdog.feedInterval
        let buses = self.parts.buses.map(\.promise.instant)
        let connection = self.parts.connection.instant
        guard watchdog.mayFeed(at: now, connection: connection, buses: buses) else {
            let what =
                watchdog.mayFeed(at: now, connection: now, buses: buses) ? "the connection hangs" : "no bus moves"
            return self.parts.journal(.error, "the watchdog is not fed: \(what)")
        }
        let delivery = self.parts.outbox.status
        let waiting = delivery.waitingReadings + (delivery.spool?.readings ?? 0)
        let failing = self.reported.statuses.count { $0.fault != nil }
        self.parts.supervisor.tell("WATCHDOG=1\nSTATUS=\(waiting) readings wait, \(failing) sensors fail")
    }

    // MARK: Desired and reported properties

    private func handle(_ incoming: RemoteDesk.Incoming, at now: Duration) {
        switch incoming {
        case .desired(let desired, let version): self.apply(desired, version: version)
        case .call(let call): self.perform(call, at: now)
        }
    }

    private func apply(_ desired: JSONObject, version: Int64) {
        let before = self.settings
        self.settings = RemoteSettings(
            desired: desired,
            lastGood: before.accepted,
            over: self.parts.configuration
        )
        if before.effective.logLevel != self.configuration.logLevel {
            self.parts.journal.level = self.configuration.logLevel
        }
        for bus in self.parts.buses {
            let sensors = bus.numbers.map { self.configuration.sensors[$0] }
            if sensors != bus.numbers.map({ before.effective.sensors[$0] }) { bus.port.apply(sensors) }
        }
        for refusal in self.settings.refusals {
            self.parts.journal(.warning, "desired property \(refusal.key) \(refusal.reason)")
        }
        if before.accepted != self.settings.accepted {
            self.parts.journal(.notice, "the desired properties of version \(version) are in effect")
            do throws(SpoolFault) {
                try self.parts.desiredFile?.save(self.settings.accepted, version: version)
            } catch {
                self.parts.journal(.warning, "desired properties are not kept over a restart: \(error.message)")
            }
        }
        self.reported.desiredVersion = version
        self.report()
    }

    private func report() {
        self.reported.statuses = self.parts.board.statuses
        self.reported.refusals = self.settings.refusals
        self.reported.settings = self.configuration
        self.reported.settings.logLevel = self.parts.journal.level
        self.parts.desk.report(self.reported.json)
    }

    // MARK: Methods

    private func perform(_ call: DeviceConversation.Call, at now: Duration) {
        let method: DirectMethod
        do throws(DirectMethod.Refusal) {
            let names = self.configuration.sensors.map(\.twinKey)
            method = try DirectMethod(name: call.name, payload: call.payload, sensors: names)
        } catch {
            self.parts.journal(.info, "method \(call.name) refused: \(error.message)")
            return self.parts.desk.answer(call, status: error.status, payload: error.payload)
        }
        self.parts.journal(.info, "method \(call.name)")
        switch method {
        case .ping:
            self.answer(call, self.pong(at: now))
        case .readNow(let sensor):
            self.sample(sensor, initialisesAgain: false, for: call, at: now)
        case .reinitSensor(let sensor):
            self.sample(sensor, initialisesAgain: true, for: call, at: now)
        case .identify(let seconds):
            self.identify(call, seconds: seconds, at: now)
        case .getDiagnostics:
            self.answer(call, self.diagnostics(at: now))
        case .setLogLevel(let level):
            let before = self.parts.journal.level
            self.parts.journal.level = level
            self.report()
            self.answer(call, ["level": .string(level.name), "before": .string(before.name)])
        case .restart:
            self.parts.journal(.notice, "restarting: the hub asks for it")
            self.answer(call, ["restarting": .bool(true)])
            self.restartAt = now + Self.restartDelay
        }
    }

    private func answer(_ call: DeviceConversation.Call, _ object: JSONObject, status: Int = 200) {
        self.parts.desk.answer(call, status: status, payload: object.bytes)
    }

    private func pong(at now: Duration) -> JSONObject {
        [
            "version": .string(AgentVersion.text), "uptimeSeconds": .integer(self.uptime(at: now)),
            "time": .string(self.parts.wallClock.text(of: self.parts.clock.instant)),
        ]
    }

    private func uptime(at now: Duration) -> Int64 { (now - self.startedAt).components.seconds }

    private func identify(_ call: DeviceConversation.Call, seconds: Int, at now: Duration) {
        self.light?.restore()
        do throws(SensorFault) {
            var light = try BoardLight(
                configured: self.parts.configuration.identifyLight,
                blinkingFor: .seconds(seconds),
                at: now,
                files: LinuxSysfs()
            )
            self.answer(call, ["light": .string(light.name), "seconds": .integer(Int64(seconds))])
            self.light = light.step(at: now) ? light : nil
        } catch {
            self.light = nil
            self.answer(call, ["error": .string(error.detail)], status: error.reason == .permission ? 403 : 501)
        }
    }

    private func sample(_ sensor: Int?, initialisesAgain: Bool, for call: DeviceConversation.Call, at now: Duration) {
        let asked = self.parts.buses.map { bus in
            bus.numbers.indices.filter { sensor == nil || bus.numbers[$0] == sensor }
        }
        let answer = SampleAnswer(buses: asked.count { !$0.isEmpty }, changed: self.parts.desk.controlWake)
        for (bus, sensors) in zip(self.parts.buses, asked) where !sensors.isEmpty {
            bus.port.request(BusPort.Request(sensors: sensors, initialisesAgain: initialisesAgain, answer: answer))
        }
        self.openCalls.append(OpenCall(call: call, answer: answer, deadline: now + Self.sampleMax))
    }

    private func answerCalls(at now: Duration) {
        let isDone = { (open: OpenCall) in open.answer.isComplete || now >= open.deadline }
        for open in self.openCalls where isDone(open) {
            var sensors = JSONObject()
            var values = 0
            for sample in open.answer.samples {
                var object = JSONObject()
                for channel in sample.channels {
                    guard let value = channel.reading.value else { continue }
                    object[channel.name] = .number((value * 100).rounded() / 100)
                    values += 1
                }
                if !sample.fault.isEmpty { object["fault"] = .string(sample.fault) }
                sensors[self.configuration.sensors[sample.sensor].twinKey] = .object(object)
            }
            var answer: JSONObject = ["sensors": .object(sensors)]
            if !open.answer.isComplete { answer["error"] = .string("not all buses answered within 10 s") }
            // What was asked for is there, or a part of it; 503 when nothing is.
            self.answer(open.call, answer, status: values > 0 ? 200 : 503)
        }
        self.openCalls.removeAll(where: isDone)
    }

    // MARK: Health

    private func publishHealth(at now: Duration) {
        while self.nextHealth <= now { self.nextHealth += self.healthInterval }
        let reading = Reading(kind: .health, instant: self.parts.clock.instant, body: self.health(at: now).body)
        _ = self.parts.outbox.append(reading)
    }

    private func health(at now: Duration) -> HealthReport {
        var report = HealthReport()
        report.uptimeSeconds = Int(self.uptime(at: now))
        BoardProbe(files: LinuxSysfs(), pageBytes: sysconf(Int32(_SC_PAGESIZE))).fill(&report)
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        report.processorSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        let delivery = self.parts.outbox.status
        report.waitingReadings = delivery.waitingReadings + (delivery.spool?.readings ?? 0)
        report.droppedReadings = delivery.dropped.values.reduce(0, +)
        report.spoolBytes = delivery.spool?.bytes
        report.writtenBytes = delivery.spool?.writtenBytes
        if let oldest = delivery.spool?.oldest, oldest != SpoolReport.longAgo {
            report.oldestSeconds = Int((self.parts.clock.instant.milliseconds - oldest.milliseconds) / 1_000)
        }
        report.clock = self.parts.wallClock.report.source.map { "\($0)" } ?? ""
        report.reconnects = max(self.parts.desk.connections - 1, 0)
        report.sensors = zip(self.configuration.sensors, self.parts.board.statuses).map { ($0.twinKey, $1) }
        return report
    }

    private func diagnostics(at now: Duration) -> JSONObject {
        let log = self.parts.journal.recent.map { entry -> JSONValue in
            .object([
                "uptime": .integer(Int64(entry.uptimeSeconds)), "level": .string(entry.line.level.name),
                "text": .string(entry.line.text),
            ])
        }
        var object = self.reported.json
        object["health"] = .object(self.health(at: now).json)
        object["time"] = .string(self.parts.wallClock.text(of: self.parts.clock.instant))
        object["log"] = .array(log)
        return object
    }
}
