import HomeAssistant
import TelemetryModel
import Testing

@Suite("what Home Assistant is told")
struct HomeAssistantBoardTests {
    @Test("a device's first telemetry announces its channels, then it is there, then come its values")
    func first() throws {
        var bench = BoardBench()
        try bench.send("dev1", #"{"ts":"2026-11-21T04:33:00.123Z","temperature":21.420,"bus":{"u":5}}"#)
        #expect(bench.take() == [], "not before the registry knows it")
        #expect(bench.answer(#"{"agent":{"version":"0.1.0"},"board":{"model":"Pi"}}"#) == ["dev1"])
        #expect(
            bench.take() == [
                #"!ha/sensor/weir_dev1/temperature/config {"name":"Temperature","device_class":"temperature","#
                    + #""unit_of_measurement":"°C","state_class":"measurement","state_topic":"w/dev1/state","#
                    + #""value_template":"{{ value_json['temperature'] | default('') }}","#
                    + #""unique_id":"weir_dev1/temperature","availability_topic":"w/dev1/availability","#
                    + #""device":{"identifiers":["weir_dev1"],"name":"dev1","model":"Pi","sw_version":"weir-agent 0.1.0"},"#
                    + #""origin":{"name":"Weir","sw_version":"1.2.3"}}"#,
                #"!ha/sensor/weir_dev1/bus_x2Eu/config {"name":"Bus u","state_class":"measurement","#
                    + #""state_topic":"w/dev1/state","value_template":"{{ value_json['bus.u'] | default('') }}","#
                    + #""unique_id":"weir_dev1/bus_x2Eu","availability_topic":"w/dev1/availability","#
                    + #""device":{"identifiers":["weir_dev1"],"name":"dev1","model":"Pi","sw_version":"weir-agent 0.1.0"},"#
                    + #""origin":{"name":"Weir","sw_version":"1.2.3"}}"#,
                "!w/dev1/availability online",
                #"w/dev1/state {"temperature":21.420,"bus.u":5}"#,
            ]
        )
        bench.advance(4.9)
        #expect(bench.take() == [])
        bench.advance(0.1)
        #expect(
            bench.take() == [#"w/dev1/state {"temperature":21.420,"bus.u":5}"#],
            "again, for Home Assistant subscribes only when it has read the announcement"
        )
        #expect(bench.board.due(at: bench.now) == .seconds(6), "the end of the interval, and nothing behind it")
        bench.advance(1)
        #expect(bench.take() == [])
        #expect(bench.board.due(at: bench.now) == nil)
    }

    @Test("a state has the last value of every channel, and comes once a second at most")
    func state() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1,"b":2}"#)
        try bench.send("d", #"{"a":3}"#)
        bench.advance(0.999)
        try bench.send("d", #"{"a":4}"#)
        #expect(bench.take() == [])
        bench.advance(0.001)
        #expect(bench.take() == [#"w/d/state {"a":4,"b":2}"#])
        bench.advance(1)
        #expect(bench.take() == [], "nothing new")
        try bench.send("d", #"{"b":5}"#)
        #expect(bench.take() == [#"w/d/state {"a":4,"b":5}"#], "at once after a rest")
    }

    @Test("a channel that comes later is announced then, and its value comes with it")
    func laterChannel() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#)
        try bench.send("d", #"{"b":2}"#)
        #expect(bench.takeTopics() == ["!ha/sensor/weir_d/b/config"])
        bench.advance(1)
        #expect(bench.take() == [#"w/d/state {"a":1,"b":2}"#])
    }

    @Test(
        "what was measured earlier than what is known of a channel changes nothing",
        arguments: [
            (#"{"ts":"2027-01-15T08:00:00.000Z","a":2}"#, 2), (#"{"ts":"2027-01-15T07:59:59.999Z","a":2}"#, 1),
            // Nothing that says when: when it came.
            (#"{"a":2}"#, 2), (#"{"ts":"soon","a":2}"#, 2),
            // Clocks that never were set, and clocks ahead.
            (#"{"ts":"2019-12-31T23:59:59.999Z","a":2}"#, 2), (#"{"ts":"2020-01-01T00:00:00.000Z","a":2}"#, 1),
            (#"{"ts":"2099-01-01T00:00:00Z","a":2}"#, 2),
            // The newest of a batch, in whatever order.
            (#"[{"ts":"2027-01-15T08:00:00.900Z","a":3},{"ts":"2027-01-15T08:00:00.800Z","a":2}]"#, 3),
        ]
    )
    func order(json: String, expected: Int) throws {
        #expect(BoardBench.origin.description == "2027-01-15T08:00:00.000Z")
        var bench = BoardBench()
        try bench.show("d", #"{"ts":"2027-01-15T08:00:00.000Z","a":1}"#)
        bench.advance(1)
        try bench.send("d", json)
        #expect(bench.take() == (expected == 1 ? [] : [#"w/d/state {"a":\#(expected)}"#]))
    }

    @Test("a clock ahead does not keep later values out")
    func clockAhead() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"ts":"2099-01-01T00:00:00Z","a":1}"#)
        bench.advance(1)
        try bench.send("d", #"{"a":2}"#)
        #expect(bench.take() == [#"w/d/state {"a":2}"#])
    }

    @Test(
        "what is no telemetry, or has no numbers, shows no device",
        arguments: ["", "{", "5", "null", "{}", "[]", #"{"a":"x"}"#, #"{"ts":5}"#, "{\"a\":1e999}"]
    )
    func noTelemetry(json: String) throws {
        var bench = BoardBench()
        try bench.send("d", json)
        #expect(bench.answer() == [])
        #expect(bench.board.deviceCount == 0)
    }

    @Test("a device has 64 channels at most", arguments: [(64, 64), (65, 64)])
    func channels(sent: Int, announced: Int) throws {
        var bench = BoardBench()
        try bench.send("d", "{" + (0..<sent).map { #""c\#($0)":1"# }.joined(separator: ",") + "}")
        bench.answer()
        #expect(bench.take().count { $0.contains("/config ") } == announced)
    }

    @Test("an id without identity is not shown, and not asked for again until it is made")
    func strangers() throws {
        var bench = BoardBench()
        try bench.send("ghost", #"{"a":1}"#)
        #expect(bench.answer(nil) == ["ghost"])
        try bench.send("ghost", #"{"a":1}"#)
        #expect(bench.answer(nil) == [])
        #expect(bench.take() == [])
        #expect(!bench.board.wants(try BoardBench.id("ghost")))
        bench.board.created(try BoardBench.id("ghost"))
        try bench.send("ghost", #"{"a":1}"#)
        #expect(bench.answer() == ["ghost"])
        #expect(bench.takeTopics().first == "!ha/sensor/weir_ghost/a/config")
    }

    @Test("at most devicesMax are shown; the next one finds a place when one is deleted")
    func bound() throws {
        var bench = BoardBench()
        for device in ["a", "b", "c"] { try bench.show(device, #"{"x":1}"#) }
        #expect(!bench.board.isFull)
        try bench.send("d", #"{"x":1}"#)
        #expect(bench.board.isFull)
        #expect(bench.answer() == [])
        #expect(bench.board.deviceCount == 3)
        bench.board.deleted(try BoardBench.id("b"))
        #expect(!bench.board.isFull)
        try bench.send("d", #"{"x":1}"#)
        #expect(bench.answer() == ["d"])
    }

    @Test("of a deleted device nothing stays, its modules' neither")
    func deleted() throws {
        var bench = BoardBench()
        try bench.send("d", #"{"a":1,"b":2}"#)
        bench.answer(#"{"sensors":{"room":{"state":"working"}}}"#)
        try bench.send("d/m", #"{"a":1}"#)
        bench.answer()
        _ = bench.take()
        #expect(bench.retained.count == 7)
        bench.board.deleted(try BoardBench.id("d"))
        #expect(
            bench.take() == [
                "!ha/binary_sensor/weir_d/room/config ", "!ha/sensor/weir_d/a/config ", "!ha/sensor/weir_d/b/config ",
                "!w/d/availability ", "!w/d/sensors ", "!ha/sensor/weir_d_x2Fm/a/config ", "!w/d/m/availability ",
            ]
        )
        #expect(bench.retained.isEmpty)
        #expect(bench.board.deviceCount == 0)
        bench.advance(100)
        #expect(bench.take() == [], "nothing that was due for them")
    }

    @Test("a module that is deleted leaves its device alone")
    func deletedModule() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#)
        try bench.show("d/m", #"{"a":1}"#)
        bench.board.deleted(try BoardBench.id("d/m"))
        #expect(bench.take() == ["!ha/sensor/weir_d_x2Fm/a/config ", "!w/d/m/availability "])
    }

    @Test(
        "odd ids make topics that MQTT and Home Assistant take",
        arguments: [
            ("a+b#c%d", "weir_a_x2Bb_x23c_x25d", "a%2Bb%23c%25d"), ("$a.b:c", "weir__x24a_x2Eb_x3Ac", "$a.b:c"),
            ("d/m", "weir_d_x2Fm", "d/m"),
        ]
    )
    func oddIDs(id: String, node: String, level: String) throws {
        var bench = BoardBench()
        try bench.send(id, #"{"a{b}'\"c/ü\n":1}"#)
        bench.answer()
        let lines = bench.take()
        #expect(lines[0].hasPrefix("!ha/sensor/\(node)/a_x7Bb_x7D_x27_x22c_x2F_xC3_xBC_x0A/config "))
        #expect(lines[0].contains(#"value_json['a\\u007bb\\u007d\\u0027\\u0022c\\u002f\\u00fc\\u000a'] | default"#))
        #expect(lines[1] == "!w/\(level)/availability online")
        #expect(lines[2] == "w/\(level)/state " + #"{"a{b}'\"c/ü\n":1}"#)
    }

    @Test("a renewal says everything again; births that follow wait ten seconds")
    func renewal() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#)
        bench.advance(5)
        _ = bench.take()
        bench.advance(5)
        bench.board.renew(at: bench.now)
        let all = ["!ha/sensor/weir_d/a/config", "!w/d/availability online", #"w/d/state {"a":1}"#]
        #expect(bench.takeTopics() == all)
        bench.advance(1)
        bench.board.renew(at: bench.now)
        bench.board.renew(at: bench.now)
        #expect(bench.take() == [])
        #expect(bench.board.due(at: bench.now) != nil)
        bench.advance(4)
        #expect(bench.take() == [#"w/d/state {"a":1}"#], "after five seconds, for it may have subscribed late")
        bench.advance(4.999)
        #expect(bench.take() == [])
        bench.advance(0.001)
        #expect(bench.takeTopics() == all)
    }
}
