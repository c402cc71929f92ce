import EdgeCore
import SensorKit
import TelemetryModel
import Testing

@Suite("registering with the provisioning service, contract provisioning section 3")
struct RegistrationExchangeTests {
    private typealias Action = RegistrationExchange.Action

    private static let operation = "5.0123456789abcdef.f397c351-0483-412d-a64b-8ee7d496e752"
    private static let assigning = #"{"operationId":"\#(operation)","status":"assigning"}"#
    private static let assigned = """
        {"operationId":"\(operation)","status":"assigned","registrationState":{"registrationId":"sensor-7",
        "createdDateTimeUtc":"2026-11-21T03:54:49.9156290Z","assignedHub":"hub.example.org","deviceId":"sensor-7",
        "status":"assigned","substatus":"initialAssignment","etag":"IjAwMDAi","x509":{}}}
        """
    private static let register = Action.publish(
        topic: "$dps/registrations/PUT/iotdps-register/?$rid=1",
        payload: #"{"registrationId":"sensor-7","payload":null}"#
    )

    private func seconds(_ seconds: Int) -> Duration { .seconds(seconds) }

    /// An exchange that has just sent its first request, at 100 s.
    private func registering() throws -> RegistrationExchange {
        var exchange = RegistrationExchange(id: try #require(RegistrationID("sensor-7")), at: .seconds(100))
        #expect(exchange.next(at: .seconds(100)) == .subscribe(topic: "$dps/registrations/res/#"))
        #expect(exchange.next(at: .seconds(100)) == .rest(until: .seconds(130)))
        exchange.subscribed(isGranted: true, at: .seconds(100))
        #expect(exchange.next(at: .seconds(100)) == Self.register)
        return exchange
    }

    private func outcome(_ exchange: inout RegistrationExchange) -> RegistrationExchange.Outcome? {
        if case .finish(let outcome) = exchange.next(at: .seconds(100)) { outcome } else { nil }
    }

    private func failure(_ exchange: inout RegistrationExchange) -> String {
        if case .failed(let message) = self.outcome(&exchange) { message } else { "" }
    }

    @Test("register, two questions, assigned: the contract's own exchange")
    func contract() throws {
        var exchange = try self.registering()
        exchange.received(
            topic: "$dps/registrations/res/202/?$rid=1&retry-after=3",
            payload: Array(Self.assigning.utf8),
            at: .seconds(101)
        )
        #expect(exchange.next(at: .seconds(103)) == .rest(until: .seconds(104)))
        let question = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid="
        #expect(
            exchange.next(at: .seconds(104))
                == .publish(topic: "\(question)2&operationId=\(Self.operation)", payload: " ")
        )
        exchange.received(
            topic: "$dps/registrations/res/202/?$rid=2",
            payload: Array(Self.assigning.utf8),
            at: .seconds(104)
        )
        #expect(exchange.next(at: .seconds(105)) == .rest(until: .seconds(106)), "2 s when nothing is said")
        #expect(
            exchange.next(at: .seconds(106))
                == .publish(topic: "\(question)3&operationId=\(Self.operation)", payload: " ")
        )
        exchange.received(
            topic: "$dps/registrations/res/200/?$rid=3",
            payload: Array(Self.assigned.utf8),
            at: .seconds(107)
        )
        let device = try #require(IdentityID(device: "sensor-7"))
        let assignment = RegistrationExchange.Assignment(hub: "hub.example.org", device: device)
        #expect(exchange.next(at: .seconds(107)) == .finish(.assigned(assignment)))
        #expect(exchange.next(at: .seconds(900)) == .finish(.assigned(assignment)), "it stays so")
    }

    @Test("an answer to something else, before its question or twice, changes nothing")
    func strangers() throws {
        var early = RegistrationExchange(id: try #require(RegistrationID("sensor-7")), at: .zero)
        early.received(topic: "$dps/registrations/res/200/?$rid=1", payload: Array(Self.assigned.utf8), at: .zero)
        #expect(early.next(at: .zero) == .subscribe(topic: "$dps/registrations/res/#"))
        var exchange = try self.registering()
        for topic in [
            "$dps/registrations/res/200/?$rid=2", "$dps/registrations/res/200/", "$dps/registrations/res/200",
            "$dps/registrations/res/2000/?$rid=1", "$iothub/twin/res/200/?$rid=1", "$dps/registrations/res//?$rid=1",
            "$dps/registrations/res/200/$rid=1", "",
        ] {
            exchange.received(topic: topic, payload: Array(Self.assigned.utf8), at: .seconds(101))
            #expect(exchange.next(at: .seconds(101)) == .rest(until: .seconds(130)), "\(topic)")
        }
    }

    @Test(
        "429 and above: the same request again after retry-after, at most 60 s, or 2 s",
        arguments: [
            ("429", "&retry-after=5", 105), ("503", "", 102), ("500", "&retry-after=0", 100),
            ("429", "&retry-after=600", 160), ("429", "&retry-after=-1", 102), ("429", "&retry-after=x", 102),
        ]
    )
    func again(status: String, parameter: String, at: Int) throws {
        var exchange = try self.registering()
        exchange.received(
            topic: "$dps/registrations/res/\(status)/?$rid=1\(parameter)",
            payload: Array(#"{"errorCode":429001}"#.utf8),
            at: .seconds(100)
        )
        if at > 100 { #expect(exchange.next(at: .seconds(at - 1)) == .rest(until: .seconds(at))) }
        guard case .publish(let topic, _) = exchange.next(at: .seconds(at)) else {
            Issue.record("not asked again")
            return
        }
        #expect(topic == "$dps/registrations/PUT/iotdps-register/?$rid=2")
    }

    @Test(
        "what ends it, in words",
        arguments: [
            ("401", #"{"errorCode":401002,"message":"Unauthorized"}"#, "refuses sensor-7 (401): Unauthorized"),
            ("404", "", "(404): no reason given"), ("428", "{}", "(428)"), ("300", "{}", "(300)"),
            (
                "200", #"{"status":"failed","registrationState":{"errorMessage":"no"}}"#,
                "says 'failed' for sensor-7: no"
            ),
            ("200", #"{"status":"disabled"}"#, "says 'disabled'"), ("200", "{}", "gives no status"),
            ("200", "not JSON", "gives no status"), ("202", #"{"status":"assigning"}"#, "names no operation"),
            ("200", #"{"status":"assigned"}"#, "no hub and device"),
            (
                "200", #"{"status":"assigned","registrationState":{"assignedHub":"a/b","deviceId":"d"}}"#,
                "no hub and device"
            ),
            (
                "200", #"{"status":"assigned","registrationState":{"assignedHub":"h","deviceId":"d/e"}}"#,
                "no hub and device"
            ),
        ]
    )
    func failures(status: String, body: String, says: String) throws {
        var exchange = try self.registering()
        exchange.received(
            topic: "$dps/registrations/res/\(status)/?$rid=1",
            payload: Array(body.utf8),
            at: .seconds(100)
        )
        let message = self.failure(&exchange)
        #expect(message.contains(says), "\(message)")
    }

    @Test("an answer is waited for 30 s, all of it for 120 s; a refused subscription ends it at once")
    func silence() throws {
        var exchange = try self.registering()
        #expect(exchange.next(at: .milliseconds(129_999)) == .rest(until: .seconds(130)))
        _ = exchange.next(at: .seconds(130))
        #expect(self.failure(&exchange).contains("did not answer"))
        var mute = RegistrationExchange(id: try #require(RegistrationID("a")), at: .zero)
        _ = mute.next(at: .zero)
        _ = mute.next(at: .seconds(30))
        #expect(self.failure(&mute).contains("did not answer"))
        var endless = try self.registering()
        endless.received(
            topic: "$dps/registrations/res/202/?$rid=1",
            payload: Array(Self.assigning.utf8),
            at: .seconds(100)
        )
        var now = 100
        while now < 220 {
            let action = endless.next(at: .seconds(now))
            if case .publish(let topic, _) = action,
                let rid = topic.split(separator: "rid=").last?.split(separator: "&").first
            {
                endless.received(
                    topic: "$dps/registrations/res/202/?$rid=\(rid)",
                    payload: Array(Self.assigning.utf8),
                    at: .seconds(now)
                )
            }
            #expect(action != .finish(.failed("")), "\(now)")
            now += 1
        }
        _ = endless.next(at: .seconds(220))
        #expect(self.failure(&endless).contains("did not assign"))
        var refused = RegistrationExchange(id: try #require(RegistrationID("a")), at: .zero)
        _ = refused.next(at: .zero)
        refused.subscribed(isGranted: false, at: .zero)
        #expect(self.failure(&refused).contains("refuses the subscription"))
    }

    @Test("no answer makes it trap")
    func fuzz() throws {
        let seed: UInt64 = 0x6470_7378
        var random = SplitMix64(seed: seed)
        let topics = [
            "$dps/registrations/res/", "200", "202", "429", "/?", "$rid=1", "&retry-after=", "9999999999", "é",
        ]
        for _ in 0..<5_000 {
            var exchange = try self.registering()
            let topic = (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in
                topics.randomElement(using: &random)
            }
            .joined()
            var payload = Array(Self.assigned.utf8)
            payload[Int.random(in: 0..<payload.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            payload.removeLast(Int.random(in: 0...3, using: &random))
            exchange.received(topic: topic, payload: payload, at: .seconds(101))
            exchange.received(topic: "$dps/registrations/res/200/?$rid=1", payload: payload, at: .seconds(101))
            _ = exchange.next(at: .seconds(102))
        }
    }
}

@Suite("registration ids and names, contract provisioning sections 1 and 2")
struct RegistrationIDTests {
    @Test(
        "which ids there are",
        arguments: [
            ("sensor-7", true), ("a", true), ("A.b_c:d-9", true), ("", false), ("a-", false), ("a:", false),
            ("a/b", false), ("ü", false), ("a b", false), (String(repeating: "a", count: 128), true),
            (String(repeating: "a", count: 129), false),
        ]
    )
    func ids(text: String, isValid: Bool) {
        #expect((RegistrationID(text) != nil) == isValid)
    }

    @Test(
        "a template takes what the board knows, in lower case and without what no id may hold",
        arguments: [
            ("greenhouse-{serial}", "greenhouse-10000000abcdef01"), ("{hostname}", "my-pi.local"), ("plain", "plain"),
            ("{hostname}-{serial}", "my-pi.local-10000000abcdef01"), ("{machineId}x", "00112233x"),
        ]
    )
    func templates(template: String, expected: String) throws {
        let facts = RegistrationID.Facts(hostname: "My Pi.local", machineID: "00112233", serial: "10000000ABCDEF01")
        #expect(try RegistrationID(template: template, facts: facts).description == expected)
    }

    @Test(
        "what is wrong with one is said",
        arguments: [
            ("{serial}", "has {serial}, which this board does not know"),
            ("{mac}", "has {mac}; expected one of {hostname}"),
            ("a{serial", "has a { without }"), ("a-", "is 'a-'; expected 1 to 128"), ("", "is ''"),
        ]
    )
    func faults(template: String, says: String) {
        let fault = #expect(throws: RegistrationID.Fault.self) {
            try RegistrationID(template: template, facts: RegistrationID.Facts())
        }
        #expect(fault?.message.contains(says) == true, "\(fault?.message ?? "")")
    }

    @Test("what CONNECT says")
    func names() throws {
        let names = RegistrationNames(idScope: "0ne00000001", id: try #require(RegistrationID("sensor-7")))
        #expect(names.clientID == "sensor-7")
        #expect(names.resource == "0ne00000001/registrations/sensor-7")
        #expect(
            names.userName
                == "0ne00000001/registrations/sensor-7/api-version=2019-03-31&ClientVersion=weir-agent%2F\(AgentVersion.text)"
        )
    }

    @Test("what is kept is read as it was written, and nothing else is")
    func kept() throws {
        let connection = try DeviceConnectionString(parsing: "HostName=h;DeviceId=d;SharedAccessKey=a2V5")
        let device = ProvisionedDevice(connection: connection, origin: "s/registrations/d gw:8883")
        #expect(ProvisionedDevice(parsing: device.bytes) == device)
        for text in [
            "", "HostName=h;DeviceId=d;SharedAccessKey=a2V5\n", "a\nb\n", "HostName=h;DeviceId=d;x509=true\na\nb",
        ] {
            #expect(ProvisionedDevice(parsing: Array(text.utf8)) == nil)
        }
    }
}
