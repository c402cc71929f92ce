import MQTTCodec
import MQTTProtocol
import Testing

@Suite("A topic filter with its options, MQTT 5.0 §3.8.3, §4.8.2")
struct SubscriptionTests {
    @Test(
        "$share/name/filter is a shared subscription, everything else its own [MQTT-4.8.2-1]",
        arguments: [
            ("a/b", nil, "a/b"), ("$share/g/a/b", "g", "a/b"), ("$share/g//", "g", "/"), ("$share/g/#", "g", "#"),
            ("$share/$g/$SYS/#", "$g", "$SYS/#"), ("$share", nil, "$share"), ("$shared/g/a", nil, "$shared/g/a"),
            ("a/$share/g/b", nil, "a/$share/g/b"), ("$SHARE/g/a", nil, "$SHARE/g/a"),
        ] as [(String, String?, String)]
    )
    func share(fullFilter: String, name: String?, filter: String) throws {
        let subscription = try Subscription(fullFilter: fullFilter, qos: .atLeastOnce)
        #expect(subscription.shareName == name)
        #expect(subscription.filter == filter)
        #expect(subscription.fullFilter == fullFilter)
    }

    @Test(
        "a share without name or filter, or with a wildcard in its name, is none [MQTT-4.8.2-1] [MQTT-4.8.2-2]",
        arguments: ["$share/", "$share/g", "$share/g/", "$share//a", "$share/+/a", "$share/g+/a", "$share/#"]
    )
    func malformedShare(fullFilter: String) {
        #expect(throws: SubscriptionFault.malformedShare) {
            try Subscription(fullFilter: fullFilter, qos: .atMostOnce)
        }
    }

    @Test("No Local on a shared subscription is a protocol error [MQTT-3.8.3-4]")
    func noLocalOnShare() throws {
        #expect(throws: SubscriptionFault.noLocalOnShare) {
            try Subscription(fullFilter: "$share/g/a", qos: .atMostOnce, noLocal: true)
        }
        #expect(SubscriptionFault.noLocalOnShare.reasonCode == .protocolError)
        #expect(try Subscription(fullFilter: "a", qos: .atMostOnce, noLocal: true).noLocal)
    }

    @Test("200 levels are taken, 201 are not")
    func levels() throws {
        let most = String(repeating: "/", count: 199)
        #expect(try Subscription(fullFilter: most, qos: .atMostOnce).filter == most)
        #expect(throws: SubscriptionFault.tooManyLevels) {
            try Subscription(fullFilter: most + "/", qos: .atMostOnce)
        }
        #expect(SubscriptionFault.tooManyLevels.reasonCode == .topicFilterInvalid)
    }

    @Test("options come back from their byte as they went, the packet's layout")
    func options() throws {
        for qos in QoS.allCases {
            for handling in RetainHandling.allCases {
                for flags in 0..<4 {
                    let subscription = try Subscription(
                        fullFilter: "a/+",
                        qos: qos,
                        noLocal: flags & 1 != 0,
                        retainAsPublished: flags & 2 != 0,
                        retainHandling: handling,
                        identifier: 7
                    )
                    #expect(subscription.options == qos.rawValue | UInt8(flags) << 2 | handling.rawValue << 4)
                    let copy = Subscription(fullFilter: "a/+", options: subscription.options, identifier: 7)
                    #expect(copy == subscription)
                }
            }
        }
    }

    @Test(
        "bytes that are no options, and texts that are no filters, make no subscription [MQTT-3.8.3-5]",
        arguments: [
            (0x03, "a"), (0x30, "a"), (0x40, "a"), (0x80, "a"), (0, ""), (0, "a/#/b"), (0, "$share/g"),
            (4, "$share/g/a"),
        ]
            as [(UInt8, String)]
    )
    func badOptions(options: UInt8, filter: String) {
        #expect(Subscription(fullFilter: filter, options: options, identifier: nil) == nil)
    }

    @Test("a request of SUBSCRIBE becomes a subscription with the packet's identifier")
    func request() throws {
        let request = SubscribePacket.Request(
            filter: "$share/g/a",
            qos: .exactlyOnce,
            retainAsPublished: true,
            retainHandling: .doNotSend
        )
        let subscription = try Subscription(request, identifier: 9)
        #expect(subscription.shareName == "g")
        #expect(subscription.qos == .exactlyOnce)
        #expect(subscription.retainAsPublished)
        #expect(subscription.retainHandling == .doNotSend)
        #expect(subscription.identifier == 9)
    }

    @Test(
        "retained messages follow the handling [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]",
        arguments: [(RetainHandling.send, true, true), (.sendIfNew, true, false), (.doNotSend, false, false)]
    )
    func retained(handling: RetainHandling, whenNew: Bool, whenPresent: Bool) throws {
        let own = try Subscription(fullFilter: "a", qos: .atMostOnce, retainHandling: handling)
        #expect(own.wantsRetained(isNew: true) == whenNew)
        #expect(own.wantsRetained(isNew: false) == whenPresent)
        let shared = try Subscription(fullFilter: "$share/g/a", qos: .atMostOnce, retainHandling: handling)
        #expect(!shared.wantsRetained(isNew: true))
    }
}
