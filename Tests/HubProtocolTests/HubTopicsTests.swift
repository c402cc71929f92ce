import HubProtocol
import TelemetryModel
import Testing

@Suite("the hub's topics, contract iothub-mqtt section 10")
struct HubTopicsTests {
    private func target(_ topic: String, for identity: String) throws -> HubTopics.PublishTarget {
        let topics = HubTopics(identity: try #require(IdentityID(identity)))
        return Array(topic.utf8).withUnsafeBytes { topics.publishTarget(of: $0) }
    }

    @Test(
        "an identity publishes to its own telemetry topic only",
        arguments: [
            ("dev1", "devices/dev1/messages/events/", HubTopics.PublishTarget.telemetry(bagOffset: 29)),
            ("dev1", "devices/dev1/messages/events/a=b", .telemetry(bagOffset: 29)),
            ("dev1", "devices/dev1/messages/events", .telemetry(bagOffset: 28)),
            ("dev1", "devices/dev1/messages/event", .foreign),
            ("dev1", "devices/dev1/messages/eventsX", .foreign),
            ("dev1", "devices/dev2/messages/events/", .foreign),
            ("dev1", "devices/dev1/modules/m/messages/events/", .foreign),
            ("dev1/m", "devices/dev1/modules/m/messages/events/x", .telemetry(bagOffset: 39)),
            ("dev1/m", "devices/dev1/messages/events/", .foreign),
            ("dev1", "", .foreign),
            ("dev1", "other", .foreign),
            ("dev1", "$iothub/twin/GET/?$rid=1", .request(HubRequest(.twinGet, requestID: "1"))),
            (
                "dev1/m", "$iothub/methods/res/-3/?$rid=1",
                .request(HubRequest(.methodAnswer(status: -3), requestID: "1"))
            ),
            ("dev1", "$dps/registrations/PUT/iotdps-register/?$rid=1", .foreign),
            ("dev1", "$iothub/other", .foreign),
        ]
    )
    func publish(identity: String, topic: String, expected: HubTopics.PublishTarget) throws {
        #expect(try self.target(topic, for: identity) == expected)
    }

    @Test(
        "a telemetry topic says whose it is, and where its bag begins",
        arguments: [
            ("devices/dev1/messages/events/", "dev1", 29), ("devices/dev1/messages/events/a=b/c", "dev1", 29),
            ("devices/dev1/messages/events", "dev1", 28), ("devices/modules/messages/events/", "modules", 32),
            ("devices/dev1/modules/m/messages/events/x", "dev1/m", 39),
            ("devices/dev1/modules/m/messages/events", "dev1/m", 38), ("devices/dev1/messages/eventsX", nil, 0),
            ("devices/dev1/messages/devicebound/", nil, 0), ("devices/dev1/modules/m", nil, 0),
            ("devices//messages/events/", nil, 0), ("a/dev1/messages/events/", nil, 0), ("", nil, 0),
        ] as [(String, String?, Int)]
    )
    func sender(topic: String, id: String?, bagOffset: Int) {
        let sender = HubTopics.sender(ofTelemetry: Array(topic.utf8))
        #expect(sender?.identity.description == id)
        if id != nil { #expect(sender?.bagOffset == bagOffset) }
    }

    @Test(
        "a request's topic names what is asked and its id, as written; sections 5, 6, 8, provisioning section 3",
        arguments: [
            ("$iothub/twin/GET/?$rid=2329a4dd-3645", HubRequest(.twinGet, requestID: "2329a4dd-3645")),
            ("$iothub/twin/GET/?$rid=a%2Fb", HubRequest(.twinGet, requestID: "a%2Fb")),
            (
                "$iothub/twin/PATCH/properties/reported/?$rid=7",
                HubRequest(.reportedPatch(ifVersion: nil), requestID: "7")
            ),
            (
                "$iothub/twin/PATCH/properties/reported/?$rid=7&$version=12",
                HubRequest(.reportedPatch(ifVersion: 12), requestID: "7")
            ),
            ("$iothub/methods/res/200/?$rid=18e9", HubRequest(.methodAnswer(status: 200), requestID: "18e9")),
            ("$dps/registrations/PUT/iotdps-register/?$rid=3b", HubRequest(.register, requestID: "3b")),
            (
                "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=5&operationId=5.01%2Ef3",
                HubRequest(.registrationStatus(operationID: "5.01.f3"), requestID: "5")
            ),
            ("$iothub/twin/GET/", nil), ("$iothub/twin/GET/?$rid=", nil), ("$iothub/twin/GET/?rid=1", nil),
            ("$iothub/twin/GET/?$rid=1&$rid=2", nil), ("$iothub/twin/GET/x/?$rid=1", nil),
            ("$iothub/twin/PATCH/properties/reported/?$rid=7&$version=x", nil),
            ("$iothub/methods/res/ok/?$rid=1", nil), ("$iothub/methods/res/200/extra/?$rid=1", nil),
            ("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=5", nil), ("$iothub/other/?$rid=1", nil),
            ("", nil),
        ] as [(String, HubRequest?)]
    )
    func request(topic: String, expected: HubRequest?) {
        #expect(HubRequest(topic: Array(topic.utf8)) == expected)
    }

    @Test(
        "a request's topic has a limit",
        arguments: [(HubRequest.topicBytesMax, true), (HubRequest.topicBytesMax + 1, false)]
    )
    func longTopic(bytes: Int, isRead: Bool) {
        let start = "$iothub/twin/GET/?$rid="
        let topic = start + String(repeating: "x", count: bytes - start.utf8.count)
        #expect((HubRequest(topic: Array(topic.utf8)) != nil) == isRead)
    }

    @Test("what the hub publishes, byte for byte as captured; sections 5 to 9, provisioning section 3")
    func answers() {
        #expect(HubAnswerTopic.twin(status: 200, requestID: "2329") == "$iothub/twin/res/200/?$rid=2329")
        #expect(
            HubAnswerTopic.twin(status: 204, requestID: "9b8e", version: 2)
                == "$iothub/twin/res/204/?$rid=9b8e&$version=2"
        )
        #expect(HubAnswerTopic.desired(version: 2) == "$iothub/twin/PATCH/properties/desired/?$version=2")
        #expect(
            HubAnswerTopic.method(name: "reboot now/x", requestID: "18e9f2f3804a8a32")
                == "$iothub/methods/POST/reboot%20now%2Fx/?$rid=18e9f2f3804a8a32"
        )
        #expect(
            HubAnswerTopic.devicebound(
                device: "dev1",
                properties: [
                    ("$.to", "/devices/dev1/messages/devicebound"), ("$.mid", "m9"), ("app one", "v/1"), ("n", "5"),
                    ("empty", ""), ("none", nil),
                ]
            )
                == "devices/dev1/messages/devicebound/%24.to=%2Fdevices%2Fdev1%2Fmessages%2Fdevicebound&%24.mid=m9"
                + "&app%20one=v%2F1&n=5&empty=&none"
        )
        #expect(HubAnswerTopic.provisioning(status: 200, requestID: "e2") == "$dps/registrations/res/200/?$rid=e2")
        #expect(
            HubAnswerTopic.provisioning(status: 202, requestID: "3b", retryAfterSeconds: 3)
                == "$dps/registrations/res/202/?$rid=3b&retry-after=3"
        )
    }

    @Test(
        "an identity subscribes to the filters of its kind only",
        arguments: [
            ("dev1", "devices/dev1/messages/devicebound/#", true),
            ("dev1", "devices/dev2/messages/devicebound/#", false),
            ("dev1", "devices/+/messages/devicebound/#", false), ("dev1", "#", false),
            ("dev1", "$iothub/methods/POST/#", true), ("dev1", "$iothub/twin/res/#", true),
            ("dev1", "$iothub/twin/PATCH/properties/desired/#", true), ("dev1", "$iothub/#", false),
            ("dev1/m", "devices/dev1/modules/m/inputs/#", true), ("dev1/m", "devices/dev1/modules/m/#", true),
            ("dev1/m", "devices/dev1/messages/devicebound/#", false),
        ]
    )
    func subscribe(identity: String, filter: String, expected: Bool) throws {
        let topics = HubTopics(identity: try #require(IdentityID(identity)))
        #expect(topics.grants(subscription: filter) == expected)
    }
}
