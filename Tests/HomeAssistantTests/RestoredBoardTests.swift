import HomeAssistant
import TelemetryModel
import Testing

@Suite("a board after a restart, a deletion, or with other settings")
struct RestoredBoardTests {
    private static func shown(_ devices: [String] = ["d"]) throws -> [String: String] {
        var bench = BoardBench()
        for device in devices {
            try bench.send(device, #"{"a":1,"b":2}"#)
            bench.answer(#"{"sensors":{"room":{"state":"working"}}}"#)
            _ = bench.take()
        }
        return bench.retained
    }

    @Test("what the broker holds is not said again, and availability and sensors are")
    func restart() throws {
        let retained = try Self.shown()
        var bench = BoardBench(retained: retained)
        #expect(bench.take() == [])
        #expect(bench.answer(#"{"sensors":{"room":{"state":"working"}}}"#) == ["d"])
        #expect(bench.take() == [#"!w/d/sensors {"room":{"state":"working"}}"#, "!w/d/availability online"])
        try bench.send("d", #"{"b":3}"#)
        #expect(bench.take() == [#"w/d/state {"b":3}"#], "a value of before is not made up")
        #expect(bench.retained == retained)
    }

    @Test("a device that does not come back is gone after a minute")
    func absent() throws {
        var bench = BoardBench(retained: try Self.shown())
        bench.answer(#"{"sensors":{"room":{"state":"working"}}}"#, isConnected: false)
        #expect(!bench.take().contains { $0.contains("availability") })
        bench.advance(60)
        #expect(bench.take() == ["!w/d/availability offline"])
    }

    @Test("a device that was deleted meanwhile is taken away")
    func deleted() throws {
        var bench = BoardBench(retained: try Self.shown(["d", "e"]))
        #expect(bench.board.takeRequests(atMost: 100).map(\.description) == ["d", "e"])
        bench.board.found(try BoardBench.id("e"), facts: nil, isConnected: false, at: .zero)
        _ = bench.take()
        #expect(bench.retained == (try Self.shown()))
    }

    @Test(
        "with other settings what was told is taken back",
        arguments: [
            BoardBench.settings(prefix: "other"), BoardBench.settings(prefix: "ha/2"),
        ]
    )
    func otherPrefix(settings: HomeAssistantBoard.Settings) throws {
        var bench = BoardBench(settings, retained: try Self.shown())
        _ = bench.take()
        #expect(bench.retained == [:])
    }

    @Test("with another base the announcements are made anew, and the old topics go")
    func otherBase() throws {
        var bench = BoardBench(BoardBench.settings(base: "x"), retained: try Self.shown())
        bench.answer(#"{"sensors":{"room":{"state":"working"}}}"#)
        _ = bench.take()
        #expect(
            bench.retained.keys.sorted() == [
                "ha/binary_sensor/weir_d/room/config", "ha/sensor/weir_d/a/config", "ha/sensor/weir_d/b/config",
                "x/d/availability", "x/d/sensors",
            ]
        )
        #expect(bench.retained.values.allSatisfy { !$0.contains("w/d/") })
    }

    @Test("devices beyond a smaller bound go")
    func smallerBound() throws {
        var bench = BoardBench(BoardBench.settings(devicesMax: 1), retained: try Self.shown(["d", "e"]))
        bench.answer(#"{"sensors":{"room":{"state":"working"}}}"#)
        _ = bench.take()
        #expect(bench.retained == (try Self.shown()))
    }

    @Test("all of it can be taken away, and nothing else is")
    func removals() throws {
        let own = try Self.shown(["d", "a+b"])
        let foreign = [
            "ha/sensor/x/y/config": #"{"name":"x","origin":{"name":"Zigbee2MQTT"},"unique_id":"weir_d/a"}"#,
            "ha/sensor/weir_d/z/config": #"{"unique_id":"weir_d/a","origin":{"name":"Weir"}}"#,
            "ha/sensor/weir_q/a/config":
                #"{"unique_id":"weir_q/b","origin":{"name":"Weir"},"availability_topic":"w/d/availability"}"#,
            "app/config": "[", "a/config": "", "w/d/availability2": "x",
        ]
        var found = RetainedDiscovery()
        for (topic, payload) in own.merging(foreign, uniquingKeysWith: { first, _ in first })
        where RetainedDiscovery.isCandidate(topic: topic.utf8) {
            found.note(topic: topic, payload: Array(payload.utf8))
        }
        #expect(Set(found.removals.map(\.topic)) == Set(own.keys))
        #expect(found.removals.allSatisfy { $0.isRetained && $0.payload.isEmpty })
    }

    @Test("a message that looks like the gateway's own cannot have other topics emptied")
    func forged() {
        var found = RetainedDiscovery()
        found.note(
            topic: "ha/sensor/weir_q/a/config",
            payload: Array(
                #"{"unique_id":"weir_q/a","origin":{"name":"Weir"},"availability_topic":"plant/valve/set"}"#.utf8
            )
        )
        #expect(found.removals.map(\.topic) == ["ha/sensor/weir_q/a/config"])
    }

    @Test("a twin that changes renews what it changes: the device, and sensors that come and go")
    func twin() throws {
        var bench = BoardBench()
        try bench.show("d", #"{"a":1}"#)
        bench.board.twinChanged(try BoardBench.id("d"))
        bench.board.twinChanged(try BoardBench.id("d"))
        bench.board.twinChanged(try BoardBench.id("unknown"))
        let room = #"{"board":{"model":"Pi"},"sensors":{"room":{"state":"failing","reason":"crc"}}}"#
        #expect(bench.answer(room) == ["d"])
        #expect(
            bench.takeTopics() == [
                "!ha/sensor/weir_d/a/config", "!ha/binary_sensor/weir_d/room/config",
                #"!w/d/sensors {"room":{"state":"failing","reason":"crc"}}"#,
            ]
        )
        let config = try #require(bench.retained["ha/binary_sensor/weir_d/room/config"])
        #expect(
            config.hasPrefix(
                #"{"name":"Sensor room","device_class":"problem","entity_category":"diagnostic","#
                    + #""state_topic":"w/d/sensors","value_template":"{{ 'ON' if value_json['room'].state in "#
                    + #"['failing', 'unavailable'] else 'OFF' }}","json_attributes_topic":"w/d/sensors","#
                    + #""json_attributes_template":"{{ value_json['room'] | tojson }}","#
                    + #""unique_id":"weir_d/sensor/room","#
            )
        )
        bench.board.twinChanged(try BoardBench.id("d"))
        bench.answer(room)
        #expect(bench.take().filter { $0.hasPrefix("!") } == [], "nothing that Home Assistant sees is another")
        bench.board.verify()
        bench.answer(#"{"board":{"model":"Pi"}}"#)
        #expect(
            bench.take().filter { $0.hasPrefix("!") } == ["!ha/binary_sensor/weir_d/room/config ", "!w/d/sensors "]
        )
    }

    @Test("whatever comes in whatever order, the broker holds what the devices that are left say", arguments: 0..<20)
    func random(seed: UInt64) throws {
        var state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let names = ["a", "b", "c", "d", "b/m"]
        var registered: Set<String> = ["a", "b", "c", "b/m"]
        var bench = BoardBench()
        for _ in 0..<300 {
            let name = names[next(names.count)]
            switch next(8) {
            case 0, 1, 2: try bench.send(name, #"{"x\#(next(3))":\#(next(100))}"#)
            case 3: try bench.connection(of: name, next(2) == 0)
            case 4:
                registered.remove(name)
                if name == "b" { registered.remove("b/m") }
                bench.board.deleted(try BoardBench.id(name))
            case 5:
                registered.insert(name)
                bench.board.created(try BoardBench.id(name))
            case 6: bench.advance(Double(next(40)))
            default:
                for device in bench.board.takeRequests(atMost: 10) {
                    let isThere = registered.contains(device.description)
                    bench.board.found(
                        device,
                        facts: isThere ? DeviceFacts() : nil,
                        isConnected: next(2) == 0,
                        at: bench.now
                    )
                }
                _ = bench.take()
            }
        }
        for device in bench.board.takeRequests(atMost: 10) {
            let isThere = registered.contains(device.description)
            bench.board.found(device, facts: isThere ? DeviceFacts() : nil, isConnected: true, at: bench.now)
        }
        _ = bench.take()
        var found = RetainedDiscovery()
        for (topic, payload) in bench.retained { found.note(topic: topic, payload: Array(payload.utf8)) }
        #expect(Set(found.removals.map(\.topic)) == Set(bench.retained.keys), "seed \(seed)")
        for name in names where !registered.contains(name) {
            let level = "w/\(name)/availability"
            #expect(bench.retained[level] == nil, "seed \(seed): \(name)")
        }
        #expect(bench.board.deviceCount <= 3)
    }
}
