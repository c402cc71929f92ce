import EdgeCore
import SensorKit
import TelemetryModel
import Testing

@Suite("which time it is, and who says so")
struct BootClockTests {
    private static let released = Timestamp(seconds: 1_800_000_000)
    /// A day after the release.
    private static let today = Timestamp(seconds: 1_800_086_400)

    private func look(_ boot: Int64, _ wall: Timestamp, synchronised: Bool = false) -> BootClock.Look {
        BootClock.Look(instant: BootInstant(milliseconds: boot), wall: wall, isSynchronised: synchronised)
    }

    private func clock(trustsSystem: Bool = false) -> BootClock {
        BootClock(released: Self.released, trustsSystem: trustsSystem)
    }

    @Test("before anybody says so nothing has a date, and the gateway is to be asked")
    func untrusted() {
        var clock = self.clock()
        #expect(clock.observe(self.look(1_000, Timestamp(seconds: 1))) == nil)
        #expect(clock.date(of: BootInstant(milliseconds: 500)) == nil)
        #expect(clock.source == nil && clock.offsetMilliseconds == nil)
        #expect(clock.needsGateway(at: BootInstant(milliseconds: 1_000), interval: .seconds(60)))
    }

    @Test("a synchronised kernel dates what was read before it was synchronised")
    func kernel() {
        var clock = self.clock()
        _ = clock.observe(self.look(1_000, Timestamp(seconds: 1)))
        #expect(
            clock.observe(self.look(60_000, Self.today, synchronised: true)) == .trusted(.kernel, correction: .zero)
        )
        #expect(
            clock.date(of: BootInstant(milliseconds: 1_000))
                == Timestamp(milliseconds: Self.today.milliseconds - 59_000)
        )
        #expect(
            clock.date(of: BootInstant(milliseconds: 61_000))
                == Timestamp(milliseconds: Self.today.milliseconds + 1_000)
        )
    }

    @Test("the gateway's answer is true half a round trip and half its resolution later; the correction is told")
    func gateway() {
        var clock = self.clock()
        let event = clock.gatewayAnswered(
            Self.today,
            resolution: .seconds(1),
            roundTrip: .milliseconds(200),
            look: self.look(30_000, Timestamp(milliseconds: 5_000))
        )
        let now = Timestamp(milliseconds: Self.today.milliseconds + 600)
        #expect(event == .trusted(.gateway, correction: now - Timestamp(milliseconds: 5_000)))
        #expect(clock.date(of: BootInstant(milliseconds: 30_000)) == now)
        #expect(clock.source == .gateway)
    }

    @Test("the operator's word makes the system's clock right, but not before the release")
    func system() {
        var clock = self.clock(trustsSystem: true)
        let early = Timestamp(milliseconds: Self.released.milliseconds - 1)
        #expect(clock.observe(self.look(1_000, early)) == .implausible(early, .system))
        #expect(clock.observe(self.look(2_000, early)) == nil, "told once")
        #expect(clock.source == nil)
        #expect(clock.observe(self.look(3_000, Self.released)) == .trusted(.system, correction: .zero))
        #expect(
            clock.observe(self.look(4_000, Timestamp(seconds: 1_800_000_001), synchronised: true))
                == .sourceChanged(.kernel)
        )
    }

    @Test(
        "no time before the release or after the year 9999 is believed, from whomever",
        arguments: [
            (1_799_999_999_999, false), (1_800_000_000_000, true), (253_402_300_799_999, true),
            (253_402_300_800_000, false), (Int64.max, false), (Int64.min, false), (0, false),
        ] as [(Int64, Bool)]
    )
    func plausible(milliseconds: Int64, isBelieved: Bool) {
        let date = Timestamp(milliseconds: milliseconds)
        var kernel = self.clock()
        _ = kernel.observe(self.look(0, date, synchronised: true))
        #expect((kernel.source != nil) == isBelieved)
        var gateway = self.clock()
        _ = gateway.gatewayAnswered(
            date,
            resolution: .zero,
            roundTrip: .zero,
            look: self.look(0, Timestamp(seconds: 0))
        )
        #expect((gateway.source != nil) == isBelieved)
    }

    @Test(
        "a step moves dates; it is news from 100 ms on, and up to 2 ms it is the jitter of two readings",
        arguments: [
            (0, 0, nil), (2, 0, nil), (-2, 0, nil), (3, 3, nil), (99, 99, nil), (100, 100, 100), (-100, -100, -100),
            (3_600_000, 3_600_000, 3_600_000),
        ] as [(Int64, Int64, Int64?)]
    )
    func step(jump: Int64, moved: Int64, told: Int64?) {
        var clock = self.clock()
        _ = clock.observe(self.look(0, Self.today, synchronised: true))
        let wall = Timestamp(milliseconds: Self.today.milliseconds + 5_000 + jump)
        let event = clock.observe(self.look(5_000, wall, synchronised: true))
        #expect(event == told.map { .stepped(.milliseconds($0), .kernel) })
        #expect(clock.date(of: BootInstant(milliseconds: 0))?.milliseconds == Self.today.milliseconds + moved)
    }

    @Test(
        "trust outlives its source: a kernel that is no longer synchronised goes on, and who sets its clock is not followed"
    )
    func lost() {
        var clock = self.clock()
        _ = clock.observe(self.look(0, Self.today, synchronised: true))
        #expect(clock.observe(self.look(1_000, Self.today + .seconds(1))) == nil)
        #expect(
            clock.observe(self.look(2_000, Timestamp(seconds: 0)))
                == .systemStepped(Timestamp(seconds: 0) - (Self.today + .seconds(2)))
        )
        #expect(clock.observe(self.look(3_000, Timestamp(seconds: 1))) == nil)
        #expect(clock.date(of: BootInstant(milliseconds: 3_000)) == Self.today + .seconds(3))
        #expect(clock.source == .kernel)
    }

    @Test("a synchronised kernel comes before the gateway; without it the gateway is believed again")
    func precedence() {
        var clock = self.clock()
        _ = clock.observe(self.look(0, Self.today, synchronised: true))
        let other = Self.today + .seconds(500)
        func ask(_ boot: Int64, synchronised: Bool) -> BootClock.Event? {
            clock.gatewayAnswered(
                other,
                resolution: .zero,
                roundTrip: .milliseconds(10),
                look: self.look(boot, Self.today + .milliseconds(boot), synchronised: synchronised)
            )
        }
        #expect(ask(1_000, synchronised: true) == nil)
        #expect(clock.source == .kernel)
        #expect(ask(2_000, synchronised: false) == .stepped(.milliseconds(498_005), .gateway))
        #expect(clock.source == .gateway)
    }

    @Test("the gateway is asked again when whoever knew the time was not heard for the interval")
    func again() {
        var clock = self.clock()
        _ = clock.gatewayAnswered(
            Self.today,
            resolution: .zero,
            roundTrip: .zero,
            look: self.look(1_000, Timestamp(seconds: 0))
        )
        #expect(!clock.needsGateway(at: BootInstant(milliseconds: 60_999), interval: .seconds(60)))
        #expect(clock.needsGateway(at: BootInstant(milliseconds: 61_000), interval: .seconds(60)))
        _ = clock.observe(self.look(61_000, Self.today + .seconds(60), synchronised: true))
        #expect(!clock.needsGateway(at: BootInstant(milliseconds: 120_999), interval: .seconds(60)))
    }

    @Test("an answer within its own uncertainty does not move dates, one beyond does")
    func uncertainty() {
        var clock = self.clock()
        let zero = self.look(0, Timestamp(seconds: 0))
        _ = clock.gatewayAnswered(Self.today, resolution: .zero, roundTrip: .zero, look: zero)
        for (shift, roundTrip, moved) in [(50, 100, 0), (52, 100, 102), (-150, 100, -100)] as [(Int64, Int64, Int64)] {
            var copy = clock
            _ = copy.gatewayAnswered(
                Timestamp(milliseconds: Self.today.milliseconds + shift),
                resolution: .zero,
                roundTrip: .milliseconds(roundTrip),
                look: zero
            )
            let expected =
                Self.today.milliseconds + (abs(shift + roundTrip / 2) > roundTrip / 2 ? shift + roundTrip / 2 : 0)
            #expect(copy.date(of: BootInstant(milliseconds: 0))?.milliseconds == expected, "\(shift) \(moved)")
        }
    }

    @Test("no clocks make it trap, and a date is never before the release")
    func fuzz() {
        let seed: UInt64 = 0x636C_6F63
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            var clock = self.clock(trustsSystem: Bool.random(using: &random))
            for _ in 0..<12 {
                func time() -> Int64 {
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: Int64.random(in: .min ... .max, using: &random)
                    case 1: [Int64.min, .max, 0, -1, 1].randomElement(using: &random) ?? 0
                    default: Self.today.milliseconds + Int64.random(in: -1_000_000...1_000_000, using: &random)
                    }
                }
                let boot = Int64.random(in: 0...1_000_000_000_000, using: &random)
                let look = self.look(
                    boot,
                    Timestamp(milliseconds: time()),
                    synchronised: Bool.random(using: &random)
                )
                if Bool.random(using: &random) {
                    _ = clock.observe(look)
                } else {
                    _ = clock.gatewayAnswered(
                        Timestamp(milliseconds: time()),
                        resolution: .seconds(1),
                        roundTrip: .milliseconds(Int64.random(in: 0...15_000, using: &random)),
                        look: look
                    )
                }
                _ = clock.needsGateway(at: look.instant, interval: .seconds(60))
            }
        }
    }
}

@Suite("as of when certificates are checked")
struct VerificationTimeTests {
    private let floor = Timestamp(seconds: 1_000)

    @Test("a known time is it, whatever the certificate says")
    func known() {
        let time = VerificationTime.known(self.floor)
        #expect(time.instant(newestNotBefore: Timestamp(seconds: 2_000)) == self.floor)
        #expect(time.instant(newestNotBefore: nil) == self.floor)
    }

    @Test("an unknown one is the latest of clock, floor and the chain's beginning")
    func unknown() {
        for (wall, floor, notBefore, expected) in [
            (0, 1_000, nil, 1_000), (1_500, 1_000, nil, 1_500), (0, 1_000, 999, 1_000), (0, 1_000, 1_001, 1_001),
            (3_000, 1_000, 2_000, 3_000),
        ] as [(Int64, Int64, Int64?, Int64)] {
            let time = VerificationTime(wall: Timestamp(seconds: wall), floor: Timestamp(seconds: floor))
            let newest = notBefore.map { Timestamp(seconds: $0) }
            #expect(time.instant(newestNotBefore: newest) == Timestamp(seconds: expected))
        }
    }
}
