import EdgeCore
import Testing

@Suite("reconnecting with back-off and jitter")
struct ReconnectBackoffTests {
    @Test("waits double their limit up to 60 s and never leave it", arguments: [1, 2, 3, 99] as [UInt64])
    func limits(seed: UInt64) {
        var backoff = ReconnectBackoff(least: .seconds(1), most: .seconds(60), seed: seed)
        for limit in [2, 4, 8, 16, 32] + [Int](repeating: 60, count: 200) {
            let wait = backoff.next()
            #expect(wait >= .seconds(1) && wait <= .seconds(limit), "seed \(seed): \(wait)")
        }
        backoff.reset()
        #expect(backoff.next() <= .seconds(2))
    }

    @Test("two agents do not come back together, and long waits use the whole range")
    func jitter() {
        var waits: Set<Duration> = []
        var longest = Duration.zero
        var shortest = Duration.seconds(100)
        for seed in 0..<200 {
            var backoff = ReconnectBackoff(least: .seconds(1), most: .seconds(60), seed: UInt64(seed))
            for _ in 0..<7 { _ = backoff.next() }
            let wait = backoff.next()
            waits.insert(wait)
            longest = max(longest, wait)
            shortest = min(shortest, wait)
        }
        #expect(waits.count > 190)
        #expect(shortest < .seconds(5) && longest > .seconds(55))
    }

    @Test("a least wait above the most is still a wait of the least")
    func reversed() {
        var backoff = ReconnectBackoff(least: .seconds(5), most: .seconds(2), seed: 1)
        #expect(backoff.next() == .seconds(5))
    }
}

@Suite("token life")
struct TokenLifeTests {
    @Test(
        "renewed a tenth of its life before expiry, 120 s at least, never in its first half",
        arguments: [(60, 30), (239, 119), (240, 120), (3_600, 3_240), (1_200, 1_080), (1_199, 1_079), (86_400, 77_760)]
    )
    func renewal(lifeSeconds: Int, expected: Int) {
        let after = TokenLife(.seconds(lifeSeconds)).renewAfter
        #expect(after >= .seconds(expected) && after < .seconds(expected + 1))
    }

    @Test(
        "jitter renews up to a tenth of the life earlier, and no more",
        arguments: [(0.0, 3_240), (0.5, 3_060), (1, 2_880), (7, 2_880), (-1, 3_240)]
    )
    func jitter(jitter: Double, expected: Int) {
        let after = TokenLife(.seconds(3_600), jitter: jitter).renewAfter
        #expect(after >= .seconds(expected) && after < .seconds(expected + 1))
    }
}
