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
            ("dev1", "$iothub/twin/GET/?$rid=1", .notSupported),
            ("dev1", "$iothub/methods/res/200/?$rid=1", .notSupported),
            ("dev1", "$iothub/twin/PATCH/properties/reported/?$rid=1", .notSupported),
            ("dev1", "$iothub/other", .foreign),
        ]
    )
    func publish(identity: String, topic: String, expected: HubTopics.PublishTarget) throws {
        #expect(try self.target(topic, for: identity) == expected)
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
