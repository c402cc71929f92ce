import EdgeCore
import Testing

@Suite("the watchdog is fed only while measuring and connection both keep their word")
struct WatchdogTests {
    private let watchdog = Watchdog(interval: .seconds(120))

    @Test(
        "a thread may be late by half the interval; of several buses one has to keep its word",
        arguments: [
            (1_000, [1_000], true), (940, [940], true), (939, [1_000], false), (1_000, [939], false),
            (1_000, [100, 940], true), (1_000, [100, 939], false), (5_000, [90_000], true), (1_000, [], true),
        ]
    )
    func late(connection: Int, buses: [Int], isFed: Bool) {
        let mayFeed = self.watchdog.mayFeed(
            at: .seconds(1_000),
            connection: .seconds(connection),
            buses: buses.map { .seconds($0) }
        )
        #expect(mayFeed == isFed)
        #expect(self.watchdog.feedInterval == .seconds(40))
    }
}
