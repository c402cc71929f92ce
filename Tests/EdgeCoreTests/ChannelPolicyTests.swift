import EdgeCore
import SensorKit
import Testing

@Suite("report on change: dead band, least and longest interval")
struct ChannelPolicyTests {
    private static func rule(band: Double = 0, least: Int = 0, longest: Int = 600_000) -> ChannelRule {
        var rule = ChannelRule()
        (rule.deadBand, rule.intervalMinMilliseconds, rule.intervalMaxMilliseconds) = (band, least, longest)
        return rule
    }

    /// Feeds one value a second; `*` marks the published ones.
    private static func published(_ values: [Double], _ rule: ChannelRule, every: Duration = .seconds(1)) -> String {
        var policy = ChannelPolicy(rule)
        var text = ""
        for (index, value) in values.enumerated() {
            text += policy.admits(value, isSuspect: false, at: every * index) ? "*" : "-"
        }
        return text
    }

    @Test(
        "values of one a second",
        arguments: [
            // No rule: all of them.
            ([1, 1, 1, 2], rule(), "****"),
            // Both sides of the dead band, counted from what was published last.
            ([20, 20.09, 20.1, 20.15, 20.2], rule(band: 0.1), "*-*-*"),
            ([20, 19.91, 19.9], rule(band: 0.1), "*-*"),
            // A slow drift is published when it has come far enough, though no step is.
            ([1, 1.04, 1.08, 1.12, 1.16], rule(band: 0.1), "*--*-"),
            // Longest interval, also without any change; 0 means none.
            ([1, 1, 1, 1, 1, 1, 1], rule(band: 1, longest: 3_000), "*--*--*"),
            ([1, 1, 1, 1, 1, 1, 1], rule(band: 1, longest: 0), "*------"),
            // Least interval holds back changes, and the last of them is not lost.
            ([1, 2, 3, 4, 4, 4], rule(least: 2_000), "*-*-*-"),
            ([1, 9, 9, 9, 9, 9], rule(band: 1, least: 3_000), "*--*--"),
            // Least above longest: the least counts.
            ([1, 1, 1, 1, 1], rule(band: 1, least: 4_000, longest: 2_000), "*---*"),
        ]
    )
    func sequences(values: [Double], rule: ChannelRule, expected: String) {
        #expect(Self.published(values, rule) == expected)
    }

    /// The decisions over values at given instants.
    private static func decisions(
        _ samples: [(value: Double, isSuspect: Bool, at: Duration)],
        _ policy: inout ChannelPolicy
    ) -> [Bool] {
        samples.map { policy.admits($0.value, isSuspect: $0.isSuspect, at: $0.at) }
    }

    @Test("a thread that wakes a little earlier than before does not halve the rate")
    func jitter() {
        var policy = ChannelPolicy(Self.rule(least: 10_000))
        let instants = [400, 10_000, 19_499, 19_500].map { (1.0, false, Duration.milliseconds($0)) }
        #expect(Self.decisions(instants, &policy) == [true, true, false, true])
    }

    @Test("a change of quality is published at once, in both directions")
    func quality() {
        var policy = ChannelPolicy(Self.rule(band: 5, least: 60_000))
        let samples = [false, true, true, false].enumerated().map { (1.0, $1, Duration.seconds($0)) }
        #expect(Self.decisions(samples, &policy) == [true, true, false, true])
    }

    @Test("a new rule counts from the value published last")
    func newRule() {
        var policy = ChannelPolicy(Self.rule(band: 5))
        #expect(Self.decisions([(1, false, .seconds(0)), (2, false, .seconds(1))], &policy) == [true, false])
        policy.rule = Self.rule(band: 1)
        #expect(Self.decisions([(2, false, .seconds(2))], &policy) == [true])
    }
}
