import HubProtocol
import TestSupport
import Testing

@Suite("property bags, contract iothub-mqtt section 4")
struct PropertyBagTests {
    private func pairs(_ bag: String) throws -> [String] {
        try PropertyBag.parse(Array(bag.utf8)).map { "\($0.name)=\($0.value)" }
    }

    @Test("the client's captured bag is read whole")
    func captured() throws {
        let bag =
            "%24.mid=mid-1&%24.cid=cid%201%2Fx&%24.uid=u&%24.ct=application%2Fjson&%24.ce=utf-8"
            + "&%24.exp=2030-01-01T00%3A00%3A00Z&alert%20level=hot%20%26%20cold%3D1%2F2&b=%C3%BC&empty="
        #expect(
            try self.pairs(bag) == [
                "message-id=mid-1", "correlation-id=cid 1/x", "user-id=u", "content-type=application/json",
                "content-encoding=utf-8", "absolute-expiry-time=2030-01-01T00:00:00Z", "alert level=hot & cold=1/2",
                "b=ü", "empty=",
            ]
        )
    }

    @Test(
        "odd but legal bags are read",
        arguments: [
            ("", []), ("?a=1", ["a=1"]), ("$.mid=1", ["message-id=1"]), ("a=1+2", ["a=1+2"]), ("a", ["a="]),
            ("a=b=c", ["a=b=c"]), ("&&a=1&", ["a=1"]), ("$.new=1", ["$.new=1"]),
            ("iothub-message-id=7", ["iothub-message-id=7"]),
        ]
    )
    func odd(bag: String, expected: [String]) throws {
        #expect(try self.pairs(bag) == expected)
    }

    @Test("malformed bags are refused", arguments: ["a=%", "a=%2", "a=%zz", "a=%ff", "=b", "%3d%"])
    func malformed(bag: String) {
        #expect(throws: HubSyntaxError.self) { try PropertyBag.parse(Array(bag.utf8)) }
    }

    @Test(
        "a device cannot forge what the gateway stamps",
        arguments: ["iothub-connection-device-id", "iothub-enqueuedtime", "content-type", "$app.x", "weir-import"]
    )
    func forged(name: String) throws {
        let property = try #require(try PropertyBag.parse(Array("\(name)=evil".utf8)).first)
        #expect(property.name != name)
        #expect(PropertyBag.owner(ofHeader: property.name) == .application(name))
        // As an MQTT 5 user property neither.
        #expect(PropertyBag.storedName(ofApplication: name) == property.name)
    }

    @Test("an encoded bag reads back")
    func roundTrip() throws {
        let bag = PropertyBag.encode([(name: "$.ct", value: "application/json"), (name: "ü &=%+", value: "a b/c")])
        #expect(bag.allSatisfy { $0.isASCII && $0 != " " && $0 != "/" && $0 != "+" })
        #expect(try self.pairs(bag) == ["content-type=application/json", "ü &=%+=a b/c"])
    }

    @Test("random bytes never trap the parser")
    func fuzz() {
        var random = SeededGenerator.announced()
        let alphabet = Array("%&=$.?+aF0".utf8) + [0, 0x80, 0xFF]
        for _ in 0..<50_000 {
            let bag = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            guard let properties = try? PropertyBag.parse(bag) else { continue }
            #expect(properties.allSatisfy { !$0.name.isEmpty })
        }
    }
}
