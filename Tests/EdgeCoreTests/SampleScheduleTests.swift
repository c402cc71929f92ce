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
