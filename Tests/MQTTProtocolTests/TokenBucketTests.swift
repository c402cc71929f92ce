import MQTTProtocol
import Testing

@Suite("A rate with a burst")
struct TokenBucketTests {
    @Test("the burst is free, what goes beyond waits as long as the rate needs for it")
    func burst() {
        var bucket = TokenBucket(rate: 10, burst: 5)
        let start = Duration.seconds(1_000)
        for _ in 0..<5 { #expect(bucket.take(1, at: start) == .zero) }
        #expect(bucket.take(1, at: start) == .milliseconds(100))
        #expect(bucket.take(2, at: start) == .milliseconds(300))
        #expect(bucket.wait(at: start + .milliseconds(299)) == .milliseconds(1))
        #expect(bucket.wait(at: start + .milliseconds(300)) == .zero)
        #expect(bucket.take(1, at: start + .milliseconds(400)) == .zero)
        #expect(bucket.take(1, at: start + .milliseconds(400)) == .milliseconds(100))
    }

    @Test("a rest fills the bucket to its burst and no further")
    func rest() {
        var bucket = TokenBucket(rate: 10, burst: 5)
        #expect(bucket.take(5, at: .zero) == .zero)
        #expect(bucket.take(5, at: .seconds(3_600)) == .zero)
        #expect(bucket.take(1, at: .seconds(3_600)) == .milliseconds(100))
    }

    @Test("more than the burst at once is taken and worked off")
    func debt() {
        var bucket = TokenBucket(rate: 1_000, burst: 10)
        #expect(bucket.take(1_010, at: .zero) == .seconds(1))
        #expect(bucket.wait(at: .milliseconds(999)) == .milliseconds(1))
    }

    @Test("what is taken only when it is there leaves no debt")
    func ifPresent() {
        var bucket = TokenBucket(rate: 10, burst: 2)
        var taken: [Bool] = []
        for _ in 0..<3 { taken.append(bucket.takeIfPresent(1, at: .zero)) }
        #expect(taken == [true, true, false])
        #expect(bucket.wait(at: .zero) == .zero)
        #expect(bucket.wait(for: 1, at: .zero) == .milliseconds(100))
        #expect(bucket.wait(for: 2, at: .zero) == .milliseconds(200))
        let early = bucket.takeIfPresent(1, at: .milliseconds(99))
        let inTime = bucket.takeIfPresent(1, at: .milliseconds(100))
        #expect(!early)
        #expect(inTime)
    }

    @Test("over a long time the rate is what comes through")
    func longTime() {
        var bucket = TokenBucket(rate: 3, burst: 1)
        var now = Duration.zero
        for _ in 0..<3_000 { now += bucket.take(1, at: now) }
        #expect(now > .seconds(999) && now <= .seconds(1_000))
    }
}
