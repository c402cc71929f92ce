import EdgeCore
import SensorKit
import Testing

@Suite("the life of the connection")
struct UplinkTests {
    private typealias Backlog = Uplink.Backlog
    private let nothing = Uplink.Backlog(waiting: 0, inFlight: 0)

    private func uplink(life: Int = 3_600) -> Uplink {
        Uplink(
            timing: Uplink.Timing(),
            tokenLife: TokenLife(.seconds(life)),
            backoff: ReconnectBackoff(least: .seconds(1), most: .seconds(60), seed: 1)
        )
    }

    private func online(life: Int = 3_600) -> Uplink {
        var uplink = self.uplink(life: life)
        _ = uplink.next(at: .zero, backlog: self.nothing)
        uplink.connecting(at: .zero)
        uplink.accepted(at: .zero)
        return uplink
    }

    @Test("it connects at once, publishes nothing before CONNACK, and publishes after it")
    func connect() {
        var uplink = self.uplink()
        #expect(uplink.next(at: .zero, backlog: self.nothing) == .connect)
        uplink.connecting(at: .seconds(1))
        #expect(
            uplink.next(at: .seconds(1), backlog: Backlog(waiting: 9, inFlight: 0))
                == .serve(mayPublish: false, until: .seconds(31))
        )
        #expect(!uplink.isOnline)
        uplink.accepted(at: .seconds(2))
        #expect(uplink.isOnline)
        guard case .serve(mayPublish: true, _) = uplink.next(at: .seconds(2), backlog: self.nothing) else {
            Issue.record("online, but it may not publish")
            return
        }
    }

    @Test("a certificate's connection is not renewed, a token's is")
    func certificate() {
        for (hasToken, isRenewed) in [(true, true), (false, false)] {
            var uplink = self.uplink()
            _ = uplink.next(at: .zero, backlog: self.nothing)
            uplink.connecting(at: .zero)
            uplink.accepted(at: .zero, hasToken: hasToken)
            let action = uplink.next(at: .seconds(1_000_000), backlog: self.nothing)
            #expect((action == .close(.tokenRenewal)) == isRenewed)
        }
    }

    @Test("no CONNACK within 30 s closes and waits, on both sides of the limit")
    func silence() {
        var uplink = self.uplink()
        _ = uplink.next(at: .zero, backlog: self.nothing)
        uplink.connecting(at: .zero)
        #expect(
            uplink.next(at: .milliseconds(29_999), backlog: self.nothing)
                == .serve(mayPublish: false, until: .seconds(30))
        )
        #expect(uplink.next(at: .seconds(30), backlog: self.nothing) == .close(.noConnack))
        guard case .rest(let until) = uplink.next(at: .seconds(30), backlog: self.nothing) else {
            Issue.record("it did not wait after the silence")
            return
        }
        #expect(until >= .seconds(31) && until <= .seconds(32))
        #expect(uplink.next(at: until, backlog: self.nothing) == .connect)
    }

    @Test("failures wait longer and longer; ten good seconds start anew, less do not")
    func backoff() {
        var uplink = self.uplink()
        var now = Duration.zero
        for _ in 0..<12 {
            while uplink.next(at: now, backlog: self.nothing) != .connect { now += .seconds(1) }
            let wait = uplink.lost(at: now)
            #expect(wait >= .seconds(1) && wait <= .seconds(60))
        }
        func waitAfter(onlineFor time: Duration) -> Duration {
            var waits: [Duration] = []
            for _ in 0..<8 {
                while uplink.next(at: now, backlog: self.nothing) != .connect { now += .seconds(1) }
                uplink.connecting(at: now)
                uplink.accepted(at: now)
                now += time
                waits.append(uplink.lost(at: now))
            }
            return waits.max() ?? .zero
        }
        #expect(waitAfter(onlineFor: .milliseconds(9_999)) > .seconds(4))
        #expect(waitAfter(onlineFor: .seconds(10)) <= .seconds(2))
    }

    @Test("a token is renewed in time: drained first, then reconnected at once")
    func renewal() {
        var uplink = self.online()
        let due = Duration.seconds(3_240)
        #expect(uplink.next(at: due - .milliseconds(1), backlog: self.nothing) == .serve(mayPublish: true, until: due))
        #expect(
            uplink.next(at: due, backlog: Backlog(waiting: 5, inFlight: 3))
                == .serve(mayPublish: false, until: due + .seconds(10))
        )
        #expect(uplink.next(at: due + .seconds(1), backlog: Backlog(waiting: 5, inFlight: 0)) == .close(.tokenRenewal))
        #expect(uplink.next(at: due + .seconds(1), backlog: Backlog(waiting: 5, inFlight: 0)) == .connect)
    }

    @Test("a gateway that acknowledges nothing holds a renewal up for ten seconds, not longer")
    func renewalDeadline() {
        var uplink = self.online()
        let due = Duration.seconds(3_240)
        let stuck = Backlog(waiting: 0, inFlight: 1)
        _ = uplink.next(at: due, backlog: stuck)
        #expect(
            uplink.next(at: due + .milliseconds(9_999), backlog: stuck)
                == .serve(mayPublish: false, until: due + .seconds(10))
        )
        #expect(uplink.next(at: due + .seconds(10), backlog: stuck) == .close(.tokenRenewal))
    }

    @Test("the renewal counts from the token's making, not from CONNACK")
    func renewalStart() {
        var uplink = self.uplink()
        _ = uplink.next(at: .zero, backlog: self.nothing)
        uplink.connecting(at: .seconds(20))
        uplink.accepted(at: .seconds(25))
        #expect(
            uplink.next(at: .seconds(26), backlog: self.nothing) == .serve(mayPublish: true, until: .seconds(3_240))
        )
    }

    @Test("stopping sends what waits, then says goodbye")
    func stop() {
        var uplink = self.online()
        uplink.stop(at: .seconds(100))
        #expect(
            uplink.next(at: .seconds(100), backlog: Backlog(waiting: 4, inFlight: 2))
                == .serve(mayPublish: true, until: .seconds(105))
        )
        #expect(
            uplink.next(at: .seconds(101), backlog: Backlog(waiting: 0, inFlight: 1))
                == .serve(mayPublish: true, until: .seconds(105))
        )
        #expect(uplink.next(at: .seconds(101), backlog: self.nothing) == .close(.stopping))
        #expect(uplink.next(at: .seconds(101), backlog: self.nothing) == .finish)
    }

    @Test("stopping waits 5 s for acknowledgements and no longer")
    func stopDeadline() {
        var uplink = self.online()
        uplink.stop(at: .seconds(100))
        let stuck = Backlog(waiting: 0, inFlight: 1)
        #expect(
            uplink.next(at: .milliseconds(104_999), backlog: stuck)
                == .serve(mayPublish: true, until: .seconds(105))
        )
        #expect(uplink.next(at: .seconds(105), backlog: stuck) == .close(.stopping))
    }

    @Test("stopping offline tries once for what waits, and not at all for nothing")
    func stopOffline() {
        var empty = self.uplink()
        empty.stop(at: .zero)
        #expect(empty.next(at: .zero, backlog: self.nothing) == .finish)

        var uplink = self.uplink()
        _ = uplink.next(at: .zero, backlog: self.nothing)
        uplink.lost(at: .zero)
        uplink.stop(at: .milliseconds(100))
        let some = Backlog(waiting: 3, inFlight: 0)
        #expect(uplink.next(at: .milliseconds(100), backlog: some) == .connect)
        uplink.lost(at: .milliseconds(200))
        #expect(uplink.next(at: .milliseconds(200), backlog: some) == .finish)
    }

    @Test("however it is driven, it never publishes offline and always finishes after a stop")
    func randomDrive() {
        for seed in 0..<300 {
            var random = SplitMix64(seed: UInt64(seed))
            var uplink = self.uplink(life: 300)
            var now = Duration.zero
            for step in 0..<400 {
                if step == 200 { uplink.stop(at: now) }
                let backlog = Backlog(
                    waiting: Int.random(in: 0..<3, using: &random),
                    inFlight: Int.random(in: 0..<3, using: &random)
                )
                switch uplink.next(at: now, backlog: backlog) {
                case .connect:
                    if Bool.random(using: &random) { uplink.connecting(at: now) } else { uplink.lost(at: now) }
                case .serve(let mayPublish, let until):
                    #expect(!mayPublish || uplink.isOnline, "seed \(seed)")
                    #expect(until > now, "seed \(seed): it would spin")
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: uplink.lost(at: now)
                    case 1 where !uplink.isOnline: uplink.accepted(at: now)
                    default: now += .seconds(Int.random(in: 0..<100, using: &random))
                    }
                case .rest(let until):
                    #expect(until > now, "seed \(seed): it would spin")
                    now = until
                case .close: break
                case .finish:
                    #expect(step >= 200, "seed \(seed)")
                }
            }
            #expect(
                uplink.next(at: now + .seconds(10), backlog: Backlog(waiting: 1, inFlight: 0)) != .connect,
                "seed \(seed)"
            )
        }
    }
}
