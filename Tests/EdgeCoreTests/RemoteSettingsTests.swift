import EdgeCore
import SensorKit
import TelemetryJSON
import Testing

@Suite("what the twin may set, and what happens to the rest")
struct RemoteSettingsTests {
    private static let base: AgentConfiguration = {
        var base = AgentConfiguration()
        base.sensors = [
            SensorConfiguration(
                name: "room 1.a",
                source: .simulated(seed: 1),
                intervalMilliseconds: 10_000,
                channels: [.temperature: "temperature", .humidity: "humidity"]
            ),
            SensorConfiguration(
                name: "duct",
                source: .simulated(seed: 2),
                intervalMilliseconds: 1_000,
                channels: [.temperature: "supply"]
            ),
        ]
        return base
    }()

    @Test("every setting of the list is taken")
    func all() {
        let desired = json(
            #"""
            {"logLevel":"debug","sensors":{"room_1_a":{"intervalMilliseconds":5000}},
             "channels":{"supply":{"offset":-0.4,"deadBand":1,"intervalMinMilliseconds":2000,"intervalMaxMilliseconds":0}}}
            """#
        )
        let settings = RemoteSettings(desired: desired, over: Self.base)
        #expect(settings.refusals.isEmpty)
        #expect(settings.accepted == desired)
        #expect(settings.effective.logLevel == .debug)
        #expect(settings.effective.sensors.map(\.intervalMilliseconds) == [5_000, 1_000])
        var rule = ChannelRule()
        (rule.offset, rule.deadBand, rule.intervalMinMilliseconds, rule.intervalMaxMilliseconds) = (-0.4, 1, 2_000, 0)
        #expect(settings.effective.sensors[1].rules == [.temperature: rule])
        #expect(settings.effective.sensors[0].rules.isEmpty)
    }

    @Test("nothing desired is what the file says; so is a property that was taken away")
    func nothing() {
        let before = RemoteSettings(desired: json(#"{"logLevel":"debug"}"#), over: Self.base)
        for text in ["{}", #"{"logLevel":null}"#, #"{"sensors":null,"channels":{"supply":null}}"#, #"{"$version":3}"#] {
            let settings = RemoteSettings(desired: json(text), lastGood: before.accepted, over: Self.base)
            #expect(settings.effective == Self.base && settings.refusals.isEmpty && settings.accepted.isEmpty)
        }
    }

    @Test(
        "both sides of each limit",
        arguments: [
            (#"{"sensors":{"duct":{"intervalMilliseconds":100}}}"#, true),
            (#"{"sensors":{"duct":{"intervalMilliseconds":99}}}"#, false),
            (#"{"sensors":{"duct":{"intervalMilliseconds":86400000}}}"#, true),
            (#"{"sensors":{"duct":{"intervalMilliseconds":86400001}}}"#, false),
            (#"{"sensors":{"duct":{"intervalMilliseconds":5000.0}}}"#, true),
            (#"{"sensors":{"duct":{"intervalMilliseconds":5000.5}}}"#, false),
            (#"{"sensors":{"duct":{"intervalMilliseconds":"5000"}}}"#, false),
            (#"{"sensors":{"duct":{"intervalMilliseconds":1e300}}}"#, false),
            (#"{"channels":{"supply":{"offset":10000}}}"#, true),
            (#"{"channels":{"supply":{"offset":-10000}}}"#, true),
            (#"{"channels":{"supply":{"offset":10000.01}}}"#, false),
            (#"{"channels":{"supply":{"offset":-10000.01}}}"#, false),
            (#"{"channels":{"supply":{"deadBand":0}}}"#, true),
            (#"{"channels":{"supply":{"deadBand":-0.01}}}"#, false),
            (#"{"channels":{"supply":{"deadBand":10000}}}"#, true),
            (#"{"channels":{"supply":{"deadBand":10001}}}"#, false),
            (#"{"channels":{"supply":{"intervalMinMilliseconds":0}}}"#, true),
            (#"{"channels":{"supply":{"intervalMinMilliseconds":-1}}}"#, false),
            (#"{"channels":{"supply":{"intervalMaxMilliseconds":86400000}}}"#, true),
            (#"{"channels":{"supply":{"intervalMaxMilliseconds":86400001}}}"#, false),
            (#"{"logLevel":"notice"}"#, true), (#"{"logLevel":"Notice"}"#, false), (#"{"logLevel":7}"#, false),
            (#"{"sensors":[]}"#, false), (#"{"sensors":{"duct":5}}"#, false), (#"{"channels":"supply"}"#, false),
            (#"{"sensors":{"room 1.a":{"intervalMilliseconds":5000}}}"#, false), (#"{"connection":{}}"#, false),
            (#"{"sensors":{"duct":{"address":64}}}"#, false), (#"{"channels":{"temp":{"offset":1}}}"#, false),
        ]
    )
    func limits(text: String, isGood: Bool) {
        let settings = RemoteSettings(desired: json(text), over: Self.base)
        #expect(settings.refusals.isEmpty == isGood, "\(settings.refusals)")
        #expect(settings.refusals.count <= 1)
        if isGood { #expect(settings.accepted == json(text)) } else { #expect(settings.effective == Self.base) }
    }

    @Test("a bad value is refused with key, what was seen and expected; the last good one stays, and is kept")
    func lastGood() {
        let first = RemoteSettings(desired: json(#"{"channels":{"supply":{"deadBand":0.2}}}"#), over: Self.base)
        let bad = json(#"{"logLevel":"loud","channels":{"supply":{"deadBand":-1,"offset":2}}}"#)
        let second = RemoteSettings(desired: bad, lastGood: first.accepted, over: Self.base)
        #expect(second.effective.sensors[1].rule(of: .temperature).deadBand == 0.2)
        #expect(second.effective.sensors[1].rule(of: .temperature).offset == 2)
        #expect(second.accepted == json(#"{"channels":{"supply":{"deadBand":0.2,"offset":2}}}"#))
        #expect(
            second.refusals == [
                SettingRefusal(
                    key: "logLevel",
                    reason:
                        #"is "loud"; expected one of error, warning, notice, info, debug. What the file says stays"#
                ),
                SettingRefusal(
                    key: "channels.supply.deadBand",
                    reason: "is -1; expected a number from 0 to 10000. The last good value stays: 0.2"
                ),
            ]
        )
        // After a restart: what was kept is the last good.
        let third = RemoteSettings(desired: bad, lastGood: second.accepted, over: Self.base)
        #expect(third.effective == second.effective)
    }

    @Test("a kept value that the file does not allow any more gives way to the file's")
    func stale() {
        let kept = json(#"{"channels":{"gone":{"deadBand":0.2}},"sensors":{"duct":{"intervalMilliseconds":5}}}"#)
        let desired = json(#"{"channels":{"gone":{"deadBand":-1}},"sensors":{"duct":{"intervalMilliseconds":6}}}"#)
        let settings = RemoteSettings(desired: desired, lastGood: kept, over: Self.base)
        #expect(settings.effective == Self.base)
        #expect(settings.accepted.isEmpty)
        #expect(settings.refusals.count == 2)
    }

    @Test("an unknown name is refused with the nearest known one")
    func nearest() {
        let settings = RemoteSettings(
            desired: json(#"{"channels":{"suply":{"offset":1}},"loglevel":"info"}"#),
            over: Self.base
        )
        #expect(
            settings.refusals == [
                SettingRefusal(key: "channels.suply", reason: "is no known channel; did you mean 'supply'?"),
                SettingRefusal(key: "loglevel", reason: "is no known property; did you mean 'logLevel'?"),
            ]
        )
    }

    @Test("refusals are bounded, and the last one says how many more there are")
    func bounded() {
        var desired = JSONObject()
        for number in 0..<RemoteSettings.refusalsMax { desired["x\(number)"] = .integer(1) }
        #expect(RemoteSettings(desired: desired, over: Self.base).refusals.last?.key == "x19")
        desired["x20"] = .integer(1)
        let settings = RemoteSettings(desired: desired, over: Self.base)
        #expect(settings.refusals.count == RemoteSettings.refusalsMax)
        #expect(settings.refusals.last == SettingRefusal(key: "…", reason: "and 2 more"))
    }
}
