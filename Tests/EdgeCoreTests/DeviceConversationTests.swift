import EdgeCore
import SensorKit
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("twin and methods as the hub speaks them, iothub-mqtt contract 5 to 8")
struct DeviceConversationTests {
    private typealias Action = DeviceConversation.Action

    /// The conversation with a clock turned by hand; each call gives what it leads to.
    private final class Line {
        var conversation = DeviceConversation()
        var now: Duration = .seconds(1_000)

        func connect() -> [Action] {
            self.conversation.connected(at: self.now)
            return self.conversation.takeActions()
        }

        func receive(_ topic: String, _ payload: String = "") -> [Action] {
            self.conversation.received(topic: topic, payload: Array(payload.utf8), at: self.now)
            return self.conversation.takeActions()
        }

        func pass(_ time: Duration) -> [Action] {
            self.now += time
            self.conversation.tick(at: self.now)
            return self.conversation.takeActions()
        }

        func report(_ document: JSONObject) -> [Action] {
            self.conversation.wants(reported: document, at: self.now)
            return self.conversation.takeActions()
        }
    }

    private let line = Line()

    private static func send(_ topic: String, _ payload: String) -> Action {
        .send(topic: topic, payload: Array(payload.utf8))
    }

    @Test("a connection subscribes to the three filters and reads the twin")
    func connecting() {
        #expect(
            self.line.connect() == [
                .subscribe("$iothub/twin/res/#"), .subscribe("$iothub/twin/PATCH/properties/desired/#"),
                .subscribe("$iothub/methods/POST/#"), Self.send("$iothub/twin/GET/?$rid=1-1", " "),
            ]
        )
        #expect(self.line.conversation.wakeAt == self.line.now + .seconds(30))
    }

    @Test("the twin's desired part is applied without $version, then what differs is reported")
    func reading() {
        #expect(self.line.report(json(#"{"version":"1","sensors":{"a":{"state":"working"}}}"#)).isEmpty)
        _ = self.line.connect()
        let answer =
            #"{"desired":{"logLevel":"debug","$version":2},"reported":{"version":"1","sensors":{"old":{}},"$version":3}}"#
        #expect(
            self.line.receive("$iothub/twin/res/200/?$rid=1-1", answer)
                == [.apply(desired: json(#"{"logLevel":"debug"}"#), version: 2)]
        )
        #expect(self.line.pass(.milliseconds(499)).isEmpty, "what the settings change is reported with the rest")
        #expect(
            self.line.pass(.milliseconds(1)) == [
                Self.send(
                    "$iothub/twin/PATCH/properties/reported/?$rid=1-2",
                    #"{"sensors":{"a":{"state":"working"},"old":null}}"#
                )
            ]
        )
        #expect(self.line.receive("$iothub/twin/res/204/?$rid=1-2&$version=4").isEmpty)
        #expect(self.line.conversation.wakeAt == nil, "there is nothing left to do")
    }

    @Test("the same desired properties are applied once, also over reconnects")
    func reconnecting() {
        let answer = #"{"desired":{"logLevel":"debug","$version":2},"reported":{"$version":1}}"#
        _ = self.line.connect()
        #expect(
            self.line.receive("$iothub/twin/res/200/?$rid=1-1", answer) == [
                .apply(desired: json(#"{"logLevel":"debug"}"#), version: 2)
            ]
        )
        self.line.conversation.disconnected()
        #expect(self.line.conversation.wakeAt == nil)
        #expect(self.line.connect().last == Self.send("$iothub/twin/GET/?$rid=2-2", " "))
        #expect(self.line.receive("$iothub/twin/res/200/?$rid=2-2", answer).isEmpty)
    }

    @Test("an answer of an earlier connection counts for nothing")
    func lateAnswer() {
        _ = self.line.connect()
        self.line.conversation.disconnected()
        _ = self.line.connect()
        let answer = #"{"desired":{"logLevel":"debug","$version":2},"reported":{"$version":1}}"#
        #expect(self.line.receive("$iothub/twin/res/200/?$rid=1-1", answer).isEmpty)
    }

    @Test("a desired patch makes the twin be read again; one that comes while it is read, too")
    func patches() {
        _ = self.line.connect()
        #expect(
            self.line.receive("$iothub/twin/PATCH/properties/desired/?$version=3", #"{"a":1,"$version":3}"#).isEmpty
        )
        let old = #"{"desired":{"$version":2},"reported":{"$version":1}}"#
        #expect(
            self.line.receive("$iothub/twin/res/200/?$rid=1-1", old) == [Self.send("$iothub/twin/GET/?$rid=1-2", " ")]
        )
        let new = #"{"desired":{"a":1,"$version":3},"reported":{"$version":1}}"#
        #expect(
            self.line.receive("$iothub/twin/res/200/?$rid=1-2", new) == [.apply(desired: json(#"{"a":1}"#), version: 3)]
        )
        #expect(
            self.line.receive("$iothub/twin/PATCH/properties/desired/?$version=4", #"{"a":2,"$version":4}"#)
                == [Self.send("$iothub/twin/GET/?$rid=1-3", " ")]
        )
    }

    @Test("a twin that is not answered, refused or unreadable is asked for again, later and later, and logged once")
    func retries() {
        _ = self.line.connect()
        #expect(self.line.pass(.seconds(29)).isEmpty)
        #expect(
            self.line.pass(.seconds(1)) == [
                .log(.warning, "the gateway does not answer for the twin; asking again until it does")
            ]
        )
        #expect(self.line.conversation.wakeAt == self.line.now + .seconds(30))
        #expect(self.line.pass(.seconds(30)) == [Self.send("$iothub/twin/GET/?$rid=1-2", " ")])
        #expect(self.line.receive("$iothub/twin/res/429/?$rid=1-2").isEmpty)
        for wait in [60, 120, 240, 480, 600, 600] {
            #expect(self.line.pass(.seconds(wait - 1)).isEmpty)
            let asked = self.line.pass(.seconds(1))
            guard case .send(let topic, _)? = asked.first else {
                Issue.record("did not ask again: \(asked)")
                return
            }
            let requestID = topic.drop { $0 != "=" }.dropFirst()
            #expect(self.line.receive("$iothub/twin/res/200/?$rid=\(requestID)", "[]").isEmpty)
        }
    }

    @Test("reports leave one at a time, with a pause between them, and only what changed")
    func reporting() {
        _ = self.line.connect()
        _ = self.line.receive(
            "$iothub/twin/res/200/?$rid=1-1",
            #"{"desired":{"$version":1},"reported":{"$version":1}}"#
        )
        _ = self.line.pass(.milliseconds(500))
        #expect(self.line.report(json(#"{"a":1,"b":1}"#)).count == 1)
        #expect(self.line.report(json(#"{"a":2,"b":1}"#)).isEmpty, "one is on its way")
        #expect(self.line.receive("$iothub/twin/res/204/?$rid=1-2&$version=2").isEmpty)
        #expect(self.line.pass(.milliseconds(4_999)).isEmpty)
        #expect(
            self.line.pass(.milliseconds(1)) == [
                Self.send("$iothub/twin/PATCH/properties/reported/?$rid=1-3", #"{"a":2}"#)
            ]
        )
        #expect(self.line.receive("$iothub/twin/res/204/?$rid=1-3&$version=3").isEmpty)
        #expect(self.line.report(json(#"{"a":2,"b":1}"#)).isEmpty)
        #expect(self.line.conversation.wakeAt == nil)
    }

    @Test(
        "a report that is throttled is sent again; a refused one is not until it changes",
        arguments: [(429, true), (503, true), (400, false), (413, false)]
    )
    func refusedReport(status: Int, isRepeated: Bool) {
        _ = self.line.connect()
        _ = self.line.receive(
            "$iothub/twin/res/200/?$rid=1-1",
            #"{"desired":{"$version":1},"reported":{"$version":1}}"#
        )
        _ = self.line.pass(.milliseconds(500))
        _ = self.line.report(json(#"{"a":1}"#))
        let logged = self.line.receive("$iothub/twin/res/\(status)/?$rid=1-2")
        #expect(logged.isEmpty == isRepeated)
        #expect(self.line.pass(.seconds(30)).count == (isRepeated ? 1 : 0))
        guard !isRepeated else { return }
        #expect(self.line.report(json(#"{"a":1}"#)).isEmpty)
        _ = self.line.report(json(#"{"a":3}"#))
        #expect(self.line.pass(.seconds(5)).count == 1)
    }

    @Test("a report without an answer leads to a look at the twin, which says what is missing")
    func unansweredReport() {
        _ = self.line.connect()
        _ = self.line.receive(
            "$iothub/twin/res/200/?$rid=1-1",
            #"{"desired":{"$version":1},"reported":{"$version":1}}"#
        )
        _ = self.line.pass(.milliseconds(500))
        _ = self.line.report(json(#"{"a":1}"#))
        #expect(self.line.pass(.seconds(30)) == [Self.send("$iothub/twin/GET/?$rid=1-3", " ")])
        let answer = #"{"desired":{"$version":1},"reported":{"a":1,"$version":2}}"#
        #expect(self.line.receive("$iothub/twin/res/200/?$rid=1-3", answer).isEmpty, "it had arrived")
    }

    @Test("a method's name is decoded, its answer goes to the same request, and none to a later connection")
    func methods() throws {
        _ = self.line.connect()
        let actions = self.line.receive("$iothub/methods/POST/reboot%20now%2Fx/?$rid=18e9f2f3804a8a32", #"{"d": 5}"#)
        guard case .perform(let call)? = actions.first else {
            Issue.record("no call: \(actions)")
            return
        }
        #expect(call.name == "reboot now/x" && call.requestID == "18e9f2f3804a8a32")
        #expect(call.payload == Array(#"{"d": 5}"#.utf8))
        self.line.conversation.answer(call, status: 200, payload: Array(#"{"ok":1}"#.utf8))
        #expect(
            self.line.conversation.takeActions()
                == [Self.send("$iothub/methods/res/200/?$rid=18e9f2f3804a8a32", #"{"ok":1}"#)]
        )
        _ = self.line.connect()
        self.line.conversation.answer(call, status: 200, payload: [])
        #expect(self.line.conversation.takeActions().isEmpty)
    }

    @Test("a seventeenth call that waits is refused at once; an answer makes room")
    func tooManyCalls() throws {
        _ = self.line.connect()
        var first: DeviceConversation.Call?
        for number in 1...DeviceConversation.callsMax {
            let actions = self.line.receive("$iothub/methods/POST/ping/?$rid=\(number)")
            guard case .perform(let call)? = actions.first else {
                Issue.record("call \(number) is not carried out")
                return
            }
            first = first ?? call
        }
        let refused = self.line.receive("$iothub/methods/POST/ping/?$rid=17")
        #expect(
            refused
                == [
                    Self.send(
                        "$iothub/methods/res/429/?$rid=17",
                        #"{"error":"16 calls wait for their answers already"}"#
                    )
                ]
        )
        self.line.conversation.answer(try #require(first), status: 200, payload: [])
        _ = self.line.conversation.takeActions()
        let taken = self.line.receive("$iothub/methods/POST/ping/?$rid=18")
        guard case .perform? = taken.first else {
            Issue.record("no room was made: \(taken)")
            return
        }
    }

    @Test(
        "topics that are none of these are nothing",
        arguments: [
            "", "$iothub", "$iothub/twin/res/200", "$iothub/twin/res/200/", "$iothub/twin/res/x/?$rid=1",
            "$iothub/twin/res//?$rid=1", "$iothub/twin/res/200/more/?$rid=1", "$iothub/methods/POST/?$rid=1",
            "$iothub/methods/POST/a/b/?$rid=1", "$iothub/methods/POST/a/?rid=1", "$iothub/methods/POST/a/?$rid=",
            "devices/dev1/messages/devicebound/a=b", "$iothub/twin/PATCH/properties/desire/?$version=1",
        ]
    )
    func strangeTopics(topic: String) {
        #expect(HubTopic(topic) == nil)
        _ = self.line.connect()
        #expect(self.line.receive(topic, "{}").isEmpty)
    }

    @Test("whatever a peer sends, nothing traps and at most one question is open")
    func anything() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix64(seed: seed)
        let topics = [
            "$iothub/twin/res/200/?$rid=1-1", "$iothub/twin/res/204/?$rid=1-2", "$iothub/twin/res/500/?$rid=1-2",
            "$iothub/twin/PATCH/properties/desired/?$version=9", "$iothub/methods/POST/%%/?$rid=1", "x",
        ]
        let payloads = [
            "", "{", "[]", #"{"desired":{"$version":1},"reported":{}}"#, #"{"desired":{"$version":"1"}}"#,
            #"{"desired":{"a":{"b":[1]},"$version":5},"reported":{"a":1}}"#,
        ]
        _ = self.line.connect()
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: _ = self.line.pass(.seconds(Int.random(in: 0..<40, using: &random)))
            case 1: _ = self.line.report(json(#"{"a":\#(Int.random(in: 0..<3, using: &random))}"#))
            default:
                let topic = topics.randomElement(using: &random) ?? ""
                let actions = self.line.receive(topic, payloads.randomElement(using: &random) ?? "")
                #expect(actions.count <= 2, "seed \(seed)")
            }
        }
    }
}

@Suite("what is to be written into a twin, RFC 7386")
struct TwinDifferenceTests {
    @Test(
        "the difference leads from one to the other; only below the top is something removed",
        arguments: [
            (#"{"a":1}"#, #"{"a":1}"#, "{}"),
            (#"{"a":1}"#, #"{"a":2}"#, #"{"a":2}"#),
            ("{}", #"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#),
            (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"c":2}}"#, #"{"a":{"b":null}}"#),
            (#"{"a":{"b":1},"other":1}"#, #"{"a":{"b":1}}"#, "{}"),
            (#"{"a":{"b":1}}"#, #"{"a":3}"#, #"{"a":3}"#),
            (#"{"a":[1,2]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        ]
    )
    func differences(known: String, wanted: String, expected: String) {
        let (known, wanted) = (json(known), json(wanted))
        let patch = TwinDifference.patch(from: known, to: wanted)
        #expect(patch == json(expected))
        let merged = TwinDifference.merged(known, with: patch)
        for member in wanted { #expect(merged[member.name] == member.value) }
    }
}
