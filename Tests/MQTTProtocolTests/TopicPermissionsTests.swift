import MQTTProtocol
import NIOCore
import Testing

@Suite("Who may publish and subscribe to what")
struct TopicPermissionsTests {
    private func permissions(
        _ filter: String,
        device: String? = "dev1",
        module: String? = nil,
        clientID: String? = "c1"
    )
        -> TopicPermissions
    {
        TopicPermissions(publish: [filter], subscribe: [filter], device: device, module: module, clientID: clientID)
    }

    @Test(
        "a filter is allowed when a granted one covers all it matches",
        arguments: [
            ("sensors/#", "sensors/+/x", true), ("sensors/#", "sensors/#", true), ("sensors/#", "sensors", true),
            ("sensors/#", "sensors/a/b/c", true), ("sensors/#", "sensor", false), ("sensors/#", "+/x", false),
            ("sensors/#", "#", false), ("a/+", "a/#", false), ("a/+", "a/+", true), ("a/+", "a/b", true),
            ("a/+", "a", false), ("a/+", "a/b/c", false), ("a/+", "+/b", false), ("+/b", "a/b", true),
            ("+/b", "+/+", false), ("#", "#", true), ("#", "a/#", true), ("#", "+", true), ("a/b", "a/b", true),
            ("a/b", "a/+", false), ("a/b", "a/b/#", false), ("+/+/#", "a/+", true), ("+/+/#", "a/#", false),
            ("a//b", "a/+/b", false), ("a/+/b", "a//b", true), ("+", "#", false),
        ]
    )
    func coverage(granted: String, filter: String, expected: Bool) {
        #expect(self.permissions(granted).allowsSubscribe(filter: filter) == expected)
        #expect(self.permissions(granted).allowsSubscribe(filter: "$share/g/\(filter)") == expected)
    }

    @Test(
        "a topic is allowed when a granted filter matches it",
        arguments: [
            ("sensors/{device}/#", "sensors/dev1/a", true), ("sensors/{device}/#", "sensors/dev1", true),
            ("sensors/{device}/#", "sensors/dev2/a", false), ("sensors/{device}/#", "sensors/dev10/a", false),
            ("x/{client}/{device}", "x/c1/dev1", true), ("x-{device}-y/+", "x-dev1-y/1", true), ("#", "a", true),
            ("+", "a", true), ("+", "a/b", false), ("a", "a", true),
        ]
    )
    func publish(granted: String, topic: String, expected: Bool) {
        #expect(self.permissions(granted).allowsPublish(topic: ByteBuffer(string: topic)) == expected)
    }

    @Test(
        "a placeholder whose value is missing or could widen the permission grants nothing",
        arguments: ["", "+", "#", "a+", "a#b", "a/b", "/", "a\u{0}"] as [String]
    )
    func unsafeValue(device: String) {
        let permissions = self.permissions("sensors/{device}/#", device: device)
        #expect(permissions.publish.isEmpty)
        for topic in ["sensors/a", "sensors//a", "sensors/a/b", "sensors/+/a", "sensors"] {
            #expect(!permissions.allowsPublish(topic: ByteBuffer(string: topic)))
            #expect(!permissions.allowsSubscribe(filter: topic))
        }
        #expect(!permissions.allowsSubscribe(filter: "sensors/#"))
    }

    @Test("a module's placeholder grants nothing to a device, and no placeholder is looked up twice")
    func placeholders() {
        #expect(self.permissions("x/{device}/{module}").subscribe.isEmpty)
        #expect(self.permissions("x/{device}/{module}", module: "m").subscribe == ["x/dev1/m"])
        #expect(self.permissions("x/{device}", device: "{client}").subscribe == ["x/{client}"])
        #expect(self.permissions("x/{Device}").subscribe.isEmpty)
        #expect(self.permissions("x/{device").subscribe.isEmpty)
        #expect(self.permissions("x/{client}", clientID: nil).subscribe.isEmpty)
    }

    @Test(
        "the hub's topics and all that begin with $ are never granted",
        arguments: [
            "devices/dev1/messages/events/", "devices/x", "devices", "devices/+", "$iothub/twin/GET/?$rid=1",
            "$dps/registrations/res/#", "$SYS/#", "$SYS/broker/uptime", "$x",
        ]
    )
    func reserved(topic: String) {
        for granted in ["#", "+/#", "devices/#", "$iothub/#", "$SYS/#", "$dps/#", topic] {
            let permissions = self.permissions(granted)
            #expect(!permissions.allowsPublish(topic: ByteBuffer(string: topic)))
            #expect(!permissions.allowsSubscribe(filter: topic))
            #expect(!permissions.allowsSubscribe(filter: "$share/g/\(topic)"))
        }
        #expect(self.permissions("{device}/#", device: "devices").publish.isEmpty)
        #expect(self.permissions("{device}/#", device: "$SYS").publish.isEmpty)
        #expect(self.permissions("device/#").allowsPublish(topic: ByteBuffer(string: "device/x")))
        #expect(self.permissions("devices1/#").allowsPublish(topic: ByteBuffer(string: "devices1/x")))
    }

    @Test("a malformed share is not allowed, whatever is granted", arguments: ["$share/g", "$share//a", "$share/+/a"])
    func malformedShare(filter: String) {
        #expect(!self.permissions("#").allowsSubscribe(filter: filter))
    }

    @Test("no permissions allow nothing, and publishing is not subscribing")
    func directions() {
        #expect(!TopicPermissions.none.allowsPublish(topic: ByteBuffer(string: "a")))
        #expect(!TopicPermissions.none.allowsSubscribe(filter: "a"))
        let permissions = TopicPermissions(publish: ["a", "c"], subscribe: ["b"])
        #expect(permissions.allowsPublish(topic: ByteBuffer(string: "a")))
        #expect(permissions.allowsPublish(topic: ByteBuffer(string: "c")))
        #expect(!permissions.allowsPublish(topic: ByteBuffer(string: "b")))
        #expect(permissions.allowsSubscribe(filter: "b"))
        #expect(!permissions.allowsSubscribe(filter: "a"))
    }

    @Test(
        "a permission that is no filter, or holds what is unknown, grants nothing",
        arguments: [
            ("sensors/{device}/#", true), ("#", true), ("{client}", true), ("x/{module}/+", true), ("{devcie}", false),
            ("{device", false), ("a/#/b", false), ("a+", false), ("", false), ("$SYS/#", false), ("devices/#", false),
            ("$share/g/a", false), ("x{device}/+y", false),
        ]
    )
    func faults(pattern: String, isGood: Bool) {
        let permissions = TopicPermissions(publish: [pattern], subscribe: [], device: "x", module: "x", clientID: "x")
        #expect(permissions.publish.isEmpty != isGood)
    }
}
