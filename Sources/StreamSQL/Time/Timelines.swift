package import TelemetryModel

/// How far event time has come, for each key of `TIMESTAMP BY … OVER` (a device) and each input.
///
/// The only clock is the log's: the enqueue time of the latest record. A timeline's **watermark** says that no live event before
/// it will count any more; it is the latest event's time less the out-of-order tolerance, or the clock less the late-arrival
/// tolerance, whichever is later. So a device's own events close its windows at once, a silent device's close by the clock,
/// and nobody waits for anybody else.
///
/// ```
///   clock − late ├───────────────────────────────┤ clock
///        latest of device a less tolerance ▲   ▲ latest of a
///   ▲ latest of device b: its watermark is clock − late
/// ```
/// Backlog has a **lane** of its own in each timeline, with a watermark of its own, which ends when no more backlog has come for
/// the late-arrival tolerance.
package struct Timelines: Sendable {
    /// Before any event.
    static let earliest = TimePolicy.earliest

    /// The keys of the timelines.
    private(set) var keys = KeyTable()
    /// Milliseconds since 1970: the enqueue time of the latest record.
    private(set) var clock = Timelines.earliest
    /// The latest event's time: live at timeline × inputs + input.
    private var latest: [Int64] = []
    /// The latest backlog event's time, by timeline.
    private var backlog: [Int64] = []
    /// The clock at the latest backlog event, by timeline.
    private(set) var backlogClock: [Int64] = []
    /// By input; of an input without `TIMESTAMP BY` all tolerances are 0, since its events' time is the clock's.
    let policies: [TimePolicy]

    package init(policies: [TimePolicy]) {
        self.policies = policies
    }

    var count: Int { self.keys.count }

    /// All timelines' numbers are below it.
    var end: Int { self.keys.end }

    /// The log's time as of a record; it never goes back.
    @inline(__always)
    mutating func advance(to clock: Int64) {
        self.clock = max(self.clock, clock)
    }

    mutating func insert(_ key: [UInt8]) -> Int {
        let number = self.keys.insert(key)
        if number == self.backlog.count {
            self.latest += Array(repeating: Timelines.earliest, count: self.policies.count)
            self.backlog.append(Timelines.earliest)
            self.backlogClock.append(Timelines.earliest)
        }
        return number
    }

    /// Whether a timeline is as if it had never been: nothing tells its watermark from the clock's.
    func isForgettable(_ timeline: Int) -> Bool {
        guard self.keys.isUsed(timeline), self.backlog[timeline] == Timelines.earliest else { return false }
        return self.policies.indices.allSatisfy { input in
            let policy = self.policies[input]
            return self.latest[timeline * self.policies.count + input] - policy.outOfOrder <= self.clock - policy.late
        }
    }

    mutating func remove(_ timeline: Int) {
        self.keys.remove(timeline)
        for input in self.policies.indices {
            self.latest[timeline * self.policies.count + input] = Timelines.earliest
        }
        self.backlogClock[timeline] = Timelines.earliest
    }

    /// Decides about a live event and takes its time into account.
    @inline(__always)
    mutating func admit(_ time: Int64, input: Int, timeline: Int) -> Admission {
        let place = timeline * self.policies.count + input
        let admission = self.policies[input].admit(time, enqueued: self.clock, latest: self.latest[place])
        if case .at(let admitted) = admission { self.latest[place] = max(self.latest[place], admitted) }
        return admission
    }

    /// Decides about an event of the backlog, which cannot be late.
    mutating func admitBacklog(_ time: Int64, input: Int, timeline: Int) -> Admission {
        guard time <= self.clock + self.policies[input].early else { return .early(by: time - self.clock) }
        self.backlog[timeline] = max(self.backlog[timeline], time)
        self.backlogClock[timeline] = self.clock
        return .at(time)
    }

    /// The live watermark of one input.
    @inline(__always)
    func watermark(input: Int, timeline: Int) -> Int64 {
        let policy = self.policies[input]
        let latest = self.latest[timeline * self.policies.count + input]
        return max(latest - policy.outOfOrder, self.clock - policy.late)
    }

    /// The watermark of the backlog; before all time when there is none.
    func backlogWatermark(timeline: Int, outOfOrder: Int64) -> Int64 {
        self.backlog[timeline] - outOfOrder
    }

    /// Ends the backlog of a timeline.
    mutating func endBacklog(timeline: Int) {
        self.backlog[timeline] = Timelines.earliest
    }
}

extension Timelines {
    package func snapshot(into state: inout StateWriter) {
        self.keys.snapshot(into: &state)
        state.write(self.clock)
        for instants in [self.latest, self.backlog, self.backlogClock] {
            for instant in instants { state.write(instant) }
        }
    }

    package init(restoring state: inout StateReader, policies: [TimePolicy]) throws(StateReader.Fault) {
        self.init(policies: policies)
        self.keys = try KeyTable(restoring: &state)
        self.clock = try Timelines.readInstant(&state)
        for _ in 0..<(self.keys.end * policies.count) { self.latest.append(try Timelines.readInstant(&state)) }
        for _ in 0..<self.keys.end { self.backlog.append(try Timelines.readInstant(&state)) }
        for _ in 0..<self.keys.end { self.backlogClock.append(try Timelines.readInstant(&state)) }
    }

    private static func readInstant(_ state: inout StateReader) throws(StateReader.Fault) -> Int64 {
        let instant = try state.readInt64()
        guard abs(instant.clamped) <= -Timelines.earliest else { throw state.fault }
        return instant
    }
}

extension Int64 {
    /// Without the one value that has no opposite.
    fileprivate var clamped: Int64 { Swift.max(self, -Int64.max) }
}
