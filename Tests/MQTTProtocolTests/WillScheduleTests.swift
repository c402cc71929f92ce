import MQTTCodec
import MQTTProtocol
import Testing

@Suite("When a Will is published, MQTT 5.0 §3.1.2.5, §3.1.3.2.2")
struct WillScheduleTests {
    private let now = Duration.seconds(1_000)

    @Test("DISCONNECT with 0 drops the Will, with 4 and every other reason publishes it [MQTT-3.14.4-3] [MQTT-3.1.2-8]")
    func disconnect() {
        for reason in [ReasonCode.normalDisconnection, .disconnectWithWill, .unspecifiedError, .administrativeAction] {
            var will = WillSchedule()
            let action = will.connectionEnded(.disconnect(reason), expiry: SessionExpiry(seconds: 60), at: self.now)
            #expect(action == (reason == .normalDisconnection ? .none : .publish))
            #expect(will.tick(at: self.now + .seconds(100)) == .none)
        }
    }

    @Test(
        "the Will waits for its delay or the session's end, whichever is first [MQTT-3.1.2-8]",
        arguments: [
            (0, 60, nil), (10, 60, 10), (60, 60, 60), (61, 60, 60), (10, 0, nil), (10, .max, 10), (0, 0, nil),
            (.max, .max, 4_294_967_295),
        ] as [(UInt32, UInt32, Int64?)]
    )
    func delay(delay: UInt32, expiry: UInt32, waitSeconds: Int64?) {
        for ending in [WillSchedule.Ending.other, .disconnect(.disconnectWithWill)] {
            var will = WillSchedule(delaySeconds: delay)
            let action = will.connectionEnded(ending, expiry: SessionExpiry(seconds: expiry), at: self.now)
            guard let waitSeconds else {
                #expect(action == .publish)
                continue
            }
            let due = self.now + .seconds(waitSeconds)
            #expect(action == .wait(until: due))
            #expect(will.tick(at: due - .nanoseconds(1)) == .wait(until: due))
            #expect(will.tick(at: due) == .publish)
            #expect(will.tick(at: due) == .none)
        }
    }

    @Test("a session resumed before the delay is over has no Will any more [MQTT-3.1.3-9]")
    func resumed() {
        var will = WillSchedule(delaySeconds: 10)
        _ = will.connectionEnded(.other, expiry: SessionExpiry(seconds: 60), at: self.now)
        will.sessionResumed()
        #expect(will.tick(at: self.now + .seconds(10)) == .none)
        #expect(will.sessionEnded() == .none)
    }

    @Test("a session that ends before the delay is over publishes its Will at once [MQTT-3.1.2-8]")
    func ended() {
        var will = WillSchedule(delaySeconds: 10)
        #expect(will.sessionEnded() == .none)
        _ = will.connectionEnded(.other, expiry: SessionExpiry(seconds: 60), at: self.now)
        #expect(will.sessionEnded() == .publish)
        #expect(will.sessionEnded() == .none)
        #expect(will.tick(at: self.now + .seconds(10)) == .none)
    }

    @Test(
        "a takeover publishes the Will, unless it has a delay and the session goes on [MQTT-3.1.4-3] [MQTT-3.1.3-9]",
        arguments: [
            (0, 60, false, true), (0, 60, true, true), (1, 60, false, false), (1, 60, true, true), (1, 0, false, true),
        ] as [(UInt32, UInt32, Bool, Bool)]
    )
    func takenOver(delay: UInt32, expiry: UInt32, sessionEnds: Bool, isPublished: Bool) {
        var will = WillSchedule(delaySeconds: delay)
        let ending = WillSchedule.Ending.takenOver(sessionEnds: sessionEnds)
        let action = will.connectionEnded(ending, expiry: SessionExpiry(seconds: expiry), at: self.now)
        #expect(action == (isPublished ? .publish : .none))
        #expect(will.tick(at: self.now + .seconds(100)) == .none)
    }

    @Test("a connection ends once")
    func once() {
        var will = WillSchedule(delaySeconds: 5)
        #expect(will.tick(at: self.now) == .none)
        let expiry = SessionExpiry(seconds: 60)
        #expect(will.connectionEnded(.other, expiry: expiry, at: self.now) == .wait(until: .seconds(1_005)))
        #expect(will.connectionEnded(.other, expiry: expiry, at: .seconds(1_002)) == .none)
        #expect(will.tick(at: .seconds(1_004)) == .wait(until: .seconds(1_005)))
    }

    @Test("a Will that waited when the server ended goes on waiting")
    func restart() {
        var will = WillSchedule(waitingUntil: .seconds(5))
        #expect(will.tick(at: .seconds(4)) == .wait(until: .seconds(5)))
        #expect(will.tick(at: .seconds(9)) == .publish)
    }
}
