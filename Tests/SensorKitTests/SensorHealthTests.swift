import SensorKit
import Testing

@Suite("sensor health, sensors contract rule 3")
struct SensorHealthTests {
    private let nack = SensorFault(.nack)

    @Test("a new sensor is prepared, a working one only measured, three attempts each")
    func start() {
        var health = SensorHealth()
        #expect(health.plan(at: .zero) == .prepare(attempts: 3))
        #expect(health.succeeded() == .none)
        #expect(health.plan(at: .zero) == .measure(attempts: 3))
    }

    @Test("initialised again after 3, 6 and 9 failed samples in a row; unavailable after 10")
    func failures() {
        var health = SensorHealth()
        _ = health.succeeded()
        var changes: [SensorHealth.Change] = []
        var prepares: [Int] = []
        for sample in 1...10 {
            changes.append(health.failed(self.nack, at: .zero))
            if health.plan(at: .zero) == .prepare(attempts: 3) {
                prepares.append(sample)
                health.prepared()
            }
        }
        #expect(changes == [.none, .none, .failing, .none, .none, .none, .none, .none, .none, .unavailable])
        #expect(prepares == [3, 6, 9])
        #expect(health.plan(at: .seconds(29)) == .skip)
        #expect(health.plan(at: .seconds(30)) == .prepare(attempts: 1))
    }

    @Test("a sensor that never worked is reported at its first failure, and once")
    func neverWorked() {
        var health = SensorHealth()
        #expect(health.failed(self.nack, at: .zero) == .failing)
        for _ in 2...9 { #expect(health.failed(self.nack, at: .zero) == .none) }
        #expect(health.failed(self.nack, at: .zero) == .unavailable)
        #expect(health.failed(self.nack, at: .seconds(30)) == .none)
    }

    @Test("the first good sample clears it and is reported only if the trouble was")
    func recovery() {
        var health = SensorHealth()
        _ = health.succeeded()
        _ = health.failed(self.nack, at: .zero)
        #expect(health.succeeded() == .none)
        for _ in 1...3 { _ = health.failed(self.nack, at: .zero) }
        #expect(health.succeeded() == .recovered)
        #expect(health.succeeded() == .none)
    }

    @Test(
        "what only a person can mend is unavailable at once; a missing adapter is looked for after 5 s, a port after 1 s",
        arguments: [
            (SensorFault.Reason.wrongChip, 30), (.permission, 30), (.claimed, 30), (.unplugged, 1), (.adapterGone, 5),
        ]
    )
    func personalFaults(reason: SensorFault.Reason, probeSeconds: Int) {
        var health = SensorHealth()
        #expect(health.failed(SensorFault(reason), at: .zero) == .unavailable)
        #expect(health.plan(at: .milliseconds(probeSeconds * 1_000 - 1)) == .skip)
        #expect(health.plan(at: .seconds(probeSeconds)) == .prepare(attempts: 1))
    }

    @Test("a hot chip is waited for, not given up")
    func heater() {
        var health = SensorHealth()
        _ = health.succeeded()
        #expect(health.failed(SensorFault(.heaterOn), at: .zero) == .none)
        #expect(health.plan(at: .zero) == .measure(attempts: 3))
    }
}

@Suite("a locked bus, sensors contract 4.1")
struct BusLockTests {
    @Test("three time-outs in a row lock it, two do not; anything else in between starts anew")
    func locking() {
        var lock = BusLock()
        #expect(lock.timedOut(at: .zero) == .none)
        #expect(lock.timedOut(at: .zero) == .none)
        #expect(lock.answered() == .none)
        #expect(lock.timedOut(at: .zero) == .none)
        #expect(lock.timedOut(at: .zero) == .none)
        #expect(!lock.isLocked)
        #expect(lock.timedOut(at: .zero) == .locked)
        #expect(lock.allowance(at: .milliseconds(29_999)) == 0)
        #expect(lock.allowance(at: .seconds(30)) == 1)
        #expect(lock.timedOut(at: .seconds(30)) == .none)
        #expect(lock.allowance(at: .seconds(59)) == 0)
        #expect(lock.answered() == .unlocked)
        #expect(lock.allowance(at: .seconds(59)) == .max)
    }
}
