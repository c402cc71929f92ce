import MQTTCodec
import MQTTProtocol
import Testing

@Suite("How long a session outlives its connection, MQTT 5.0 §3.1.2.11.2")
struct SessionExpiryTests {
    private static let never = SessionExpiry.neverSeconds

    @Test(
        "CONNECT says how long: in 5 the property, absent 0; in 3.1.1 for ever unless it is clean [MQTT-3.1.2-23]",
        arguments: [
            (MQTTVersion.v5, false, nil, never, 0), (.v5, true, nil, never, 0), (.v5, true, 0, never, 0),
            (.v5, true, 1, never, 1), (.v5, false, never, never, never), (.v5, false, 101, 100, 100),
            (.v5, false, 100, 100, 100), (.v5, false, never, 100, 100), (.v311, false, nil, never, never),
            (.v311, true, nil, never, 0), (.v311, false, nil, 100, 100),
        ] as [(MQTTVersion, Bool, UInt32?, UInt32, UInt32)]
    )
    func connect(version: MQTTVersion, isClean: Bool, requested: UInt32?, secondsMax: UInt32, expected: UInt32) {
        let expiry = SessionExpiry(
            version: version,
            cleanSession: isClean,
            requestedSeconds: requested,
            secondsMax: secondsMax
        )
        #expect(expiry.seconds == expected)
        #expect(expiry.isPersistent == (expected > 0))
    }

    @Test(
        "DISCONNECT may change it, but not from 0 to more §3.14.2.2.2",
        arguments: [
            (0, 0, true, 0), (0, 1, false, 0), (0, never, false, 0), (1, 0, true, 0), (1, never, true, 500),
            (5, 9, true, 9),
        ]
            as [(UInt32, UInt32, Bool, UInt32)]
    )
    func change(from seconds: UInt32, to changed: UInt32, isAllowed: Bool, expected: UInt32) {
        var expiry = SessionExpiry(seconds: seconds)
        let isChanged = expiry.change(to: changed, secondsMax: 500)
        #expect(isChanged == isAllowed)
        #expect(expiry.seconds == expected)
    }

    @Test(
        "a session ends when its time is over, and with 0xFFFFFFFF never",
        arguments: [
            (0, 100, true), (0, 99, false), (10, 110, true), (10, 109, false), (never - 1, 4_294_967_393, false),
            (never - 1, 4_294_967_394, true), (never, 100_000_000_000, false),
        ] as [(UInt32, Int, Bool)]
    )
    func end(seconds: UInt32, at now: Int, hasEnded: Bool) {
        let expiry = SessionExpiry(seconds: seconds)
        #expect(expiry.hasEnded(disconnectedAt: .seconds(100), at: .seconds(now)) == hasEnded)
    }
}
