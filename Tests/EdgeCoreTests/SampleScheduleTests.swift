import EdgeCore
import Testing

@Suite("when sensors are due")
struct SampleScheduleTests {
    @Test("at once, then at whole intervals, equal ones together")
    func intervals() {
        var schedule = SampleSchedule(intervals: [.seconds(1), .seconds(1), .seconds(3)], start: .seconds(10))
        #expect(schedule.takeDue(at: .milliseconds(9_999)).isEmpty)
        #expect(schedule.takeDue(at: .seconds(10)) == [0, 1, 2])
        #expect(schedule.nextDue == .seconds(11))
        #expect(schedule.takeDue(at: .milliseconds(11_050)) == [0, 1])
        #expect(schedule.nextDue == .seconds(12))
        #expect(schedule.takeDue(at: .seconds(12)) == [0, 1])
        #expect(schedule.takeDue(at: .seconds(13)) == [0, 1, 2])
    }

    @Test("a blocked bus misses samples and goes on in step, without a burst")
    func lateness() {
        var schedule = SampleSchedule(intervals: [.seconds(1)], start: .zero)
        #expect(schedule.takeDue(at: .milliseconds(5_300)) == [0])
        #expect(schedule.nextDue == .seconds(6))
        #expect(schedule.takeDue(at: .milliseconds(5_301)).isEmpty)
        #expect(schedule.takeDue(at: .seconds(6)) == [0])
        #expect(schedule.nextDue == .seconds(7))
    }

    @Test("a changed interval counts at once, in step with those that have it, and leaves the others alone")
    func change() {
        var schedule = SampleSchedule(intervals: [.seconds(60), .seconds(10), .seconds(60)], start: .zero)
        #expect(schedule.takeDue(at: .zero) == [0, 1, 2])
        schedule.change(intervals: [.seconds(10), .seconds(10), .seconds(60)], at: .seconds(3))
        #expect(schedule.takeDue(at: .seconds(9)).isEmpty)
        #expect(schedule.takeDue(at: .seconds(10)) == [0, 1])
        schedule.change(intervals: [.seconds(10), .seconds(7), .seconds(60)], at: .seconds(12))
        #expect(schedule.takeDue(at: .seconds(12)) == [1])
        #expect(schedule.takeDue(at: .seconds(20)) == [0, 1])
        #expect(schedule.takeDue(at: .seconds(60)) == [0, 1, 2])
    }

    @Test("without sensors nothing is ever due")
    func empty() {
        #expect(SampleSchedule(intervals: [], start: .zero).nextDue == nil)
    }
}

@Suite("when sensors are due that send by themselves")
struct ArrivalScheduleTests {
    private func schedule() -> SampleSchedule {
        SampleSchedule(intervals: [.seconds(1), .seconds(4)], areSending: true, start: .seconds(10))
    }

    @Test("a line is taken once an interval, and up to a quarter of it early")
    func pace() {
        var schedule = self.schedule()
        #expect(schedule.takeArrived([0, 1], at: .seconds(10)) == [0, 1])
        #expect(schedule.takeArrived([0, 1], at: .milliseconds(10_749)) == [])
        #expect(schedule.takeArrived([0, 1], at: .milliseconds(10_750)) == [0])
        #expect(schedule.takeArrived([0], at: .milliseconds(11_749)) == [])
        #expect(schedule.takeArrived([0], at: .milliseconds(12_200)) == [0])
        #expect(schedule.takeArrived([0], at: .milliseconds(12_749)) == [])
        #expect(schedule.takeArrived([0, 1], at: .milliseconds(13_000)) == [0, 1])
    }

    @Test("a sensor of about its interval loses no line, a fast one is thinned to one an interval")
    func thinning() {
        for (period, expected) in [(1_000, 1_000), (1_003, 1_000), (100, 100), (300, 300)] {
            var schedule = SampleSchedule(intervals: [.seconds(1)], areSending: true, start: .zero)
            var taken = 0
            for line in 0..<1_000 {
                let now = Duration.milliseconds(line * period + (line * 7_919) % 90)
                taken += schedule.takeArrived([0], at: now).count
            }
            #expect(abs(taken - expected) <= 1, "every \(period) ms: \(taken)")
        }
    }

    @Test(
        "three intervals of silence make it due, and then every interval; a line that is not taken breaks silence, too"
    )
    func silence() {
        var schedule = self.schedule()
        #expect(schedule.takeDue(at: .seconds(10)) == [0, 1])
        #expect(schedule.takeArrived([0, 1], at: .seconds(11)) == [0, 1])
        #expect(schedule.takeArrived([0], at: .milliseconds(11_500)) == [])
        #expect(schedule.nextDue == .milliseconds(14_500))
        #expect(schedule.takeDue(at: .milliseconds(14_499)) == [])
        #expect(schedule.takeDue(at: .milliseconds(14_500)) == [0])
        #expect(schedule.nextDue == .milliseconds(15_500))
        #expect(schedule.takeDue(at: .seconds(23)) == [0, 1])
    }

    @Test("another interval counts from now on")
    func change() {
        var schedule = self.schedule()
        #expect(schedule.takeArrived([1], at: .seconds(10)) == [1])
        schedule.change(intervals: [.seconds(1), .seconds(2)], at: .seconds(11))
        #expect(schedule.takeArrived([1], at: .seconds(11)) == [1])
        #expect(schedule.takeArrived([1], at: .seconds(12)) == [])
        #expect(schedule.takeArrived([1], at: .seconds(13)) == [1])
    }
}
