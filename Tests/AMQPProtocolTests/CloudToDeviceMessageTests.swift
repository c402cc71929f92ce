import NIOCore
import TelemetryModel
import Testing

@testable import AMQPProtocol

@Suite("What an AMQP message is to a device, contract iothub-rest §6")
struct CloudToDeviceMessageTests {
    @Test("the message of the contract keeps ids, types, properties in order, and its body")
    func contract() throws {
        // properties [m9, null, to, null, null, c1, application/json, utf-8], application properties, data
        let bytes = ByteBuffer(
            hex: """
                005373 c049 08 a1026d39 40 a122 2f646576696365732f646576312f6d657373616765732f646576696365626f756e64
                40 40 a1026331 a310 6170706c69636174696f6e2f6a736f6e a305 7574662d38
                005374 c11b 04 a107 617070206f6e65 a103762f31 a1016e 810000000000000005
                005375 a009 68656c6c6f20633264
                """
        )
        let message = try CloudToDeviceMessage(try AMQPMessage(reading: bytes))
        var expected = CloudToDeviceMessage(deviceID: "dev1")
        expected.messageID = "m9"
        expected.correlationID = "c1"
        expected.contentType = "application/json"
        expected.contentEncoding = "utf-8"
        expected.properties = [.init("app one", "v/1"), .init("n", "5")]
        expected.body = Array("hello c2d".utf8)
        #expect(message == expected)
    }

    @Test(
        "the id in “to” is decoded once; as written it is kept when it could be an id too",
        arguments: [
            ("/devices/dev1/messages/devicebound", "dev1", nil),
            ("/devices/dev1/messages/deviceBound", "dev1", nil),
            ("devices/dev1/messages/devicebound", "dev1", nil),
            ("/devices/a%3Ab%23c%3Fd%25/messages/devicebound", "a:b#c?d%", "a%3Ab%23c%3Fd%25"),
            ("/devices/a%253A/messages/devicebound", "a%3A", "a%253A"),
            ("/devices/a:b+c/messages/devicebound", "a:b+c", nil),
            ("/devices/50%/messages/devicebound", "50%", nil),
            ("/devices/50%ZZ/messages/devicebound", "50%ZZ", nil),
            ("/devices/a%2Fb/messages/devicebound", "a%2Fb", nil),
        ]
    )
    func device(to: String, id: String, written: String?) throws {
        var message = AMQPMessage()
        message.properties.to = to
        let read = try CloudToDeviceMessage(message)
        #expect(read.deviceID == id)
        #expect(read.deviceIDWritten == written)
    }

    @Test(
        "a “to” without a device is refused",
        arguments: [
            (nil, "amqp:invalid-field"),
            ("", "amqp:invalid-field"),
            ("/devices/dev1", "amqp:invalid-field"),
            ("/devices/dev1/messages/events", "amqp:invalid-field"),
            ("/devices/dev1/modules/m/messages/devicebound", "amqp:invalid-field"),
            ("//dev1/messages/devicebound", "amqp:invalid-field"),
            ("/devices//messages/devicebound", "amqp:not-found"),
            ("/devices/a b/messages/devicebound", "amqp:not-found"),
        ] as [(String?, String)]
    )
    func noDevice(to: String?, condition: String) {
        var message = AMQPMessage()
        message.properties.to = to
        #expect {
            try CloudToDeviceMessage(message)
        } throws: {
            ($0 as? AMQPError)?.condition == condition
        }
    }

    @Test(
        "a message id of any type becomes text",
        arguments: [
            (.null, nil),
            (.string("m9"), "m9"),
            (.ulong(7), "7"),
            (.uuid(0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF), "00112233-4455-6677-8899-aabbccddeeff"),
            (.binary(ByteBuffer(string: "abc")), "abc"),
            (.binary(ByteBuffer(bytes: [0xFF, 0x01])), "ff01"),
        ] as [(AMQPValue, String?)]
    )
    func ids(value: AMQPValue, text: String?) throws {
        var message = TestService.message()
        message.properties.messageID = value
        message.properties.correlationID = value
        let read = try CloudToDeviceMessage(message)
        #expect(read.messageID == text)
        #expect(read.correlationID == text)
    }

    @Test(
        "application property values of any simple type become text",
        arguments: [
            (.null, nil),
            (.boolean(true), "true"),
            (.ubyte(1), "1"),
            (.long(-5), "-5"),
            (.double(1.5), "1.5"),
            (.float(-0.25), "-0.25"),
            (.decimal32(0x3200_0001), "1E-1"),
            (.decimal32(0xB280_0007), "-7"),
            (.decimal64(0x31C0_0000_0000_002A), "42"),
            (.decimal64(0x7800_0000_0000_0000), "inf"),
            (.decimal128(0x3040_0000_0000_0000_0000_0000_0000_0007), "7"),
            (.decimal128(0x7C00_0000_0000_0000_0000_0000_0000_0000), "nan"),
            (.char("é"), "é"),
            (.timestamp(1_795_000_000_123), "2026-11-18T11:06:40.123Z"),
            (.timestamp(.max), "9223372036854775807"),
            (.timestamp(.min), "-9223372036854775808"),
            (.uuid(1), "00000000-0000-0000-0000-000000000001"),
            (.binary(ByteBuffer(bytes: [0, 255])), "00ff"),
            (.string("v/1"), "v/1"),
            (.symbol("s"), "s"),
        ] as [(AMQPValue, String?)]
    )
    func values(value: AMQPValue, text: String?) throws {
        var message = TestService.message()
        message.applicationProperties = [("p", value)]
        #expect(try CloudToDeviceMessage(message).properties == [.init("p", text)])
    }

    @Test("lists, maps, arrays and described values are no application properties")
    func compounds() {
        for value in [.list([]), .map([]), .array([]), .described(descriptor: .null, value: .null)] as [AMQPValue] {
            var message = TestService.message()
            message.applicationProperties = [("p", value)]
            #expect(throws: AMQPError.self) { try CloudToDeviceMessage(message) }
        }
    }

    @Test(
        "iothub-ack says which outcomes are wanted and is no property; ack is an ordinary one",
        arguments: [
            ("iothub-ack", "full", .full, []),
            ("iothub-ack", "Positive", .positive, []),
            ("iothub-ack", "negative", .negative, []),
            ("iothub-ack", "none", .none, []),
            ("ack", "full", .none, [.init("ack", "full")]),
        ] as [(String, String, CloudToDeviceMessage.Feedback, [CloudToDeviceMessage.Property])]
    )
    func feedback(
        name: String,
        value: String,
        feedback: CloudToDeviceMessage.Feedback,
        properties: [CloudToDeviceMessage.Property]
    ) throws {
        var message = TestService.message()
        message.applicationProperties = [(name, .string(value))]
        let read = try CloudToDeviceMessage(message)
        #expect(read.feedback == feedback)
        #expect(read.properties == properties)
    }

    @Test("an unknown iothub-ack is refused with the values that are known")
    func unknownFeedback() {
        var message = TestService.message()
        message.applicationProperties = [("iothub-ack", .string("both"))]
        #expect(throws: AMQPError(.invalidField, "iothub-ack is none, positive, negative or full, not both")) {
            try CloudToDeviceMessage(message)
        }
    }

    @Test("an expiry is kept in milliseconds")
    func expiry() throws {
        var message = TestService.message()
        message.properties.absoluteExpiryTime = 1_800_000_000_001
        #expect(try CloudToDeviceMessage(message).expiry == Timestamp(milliseconds: 1_800_000_000_001))
    }

    @Test("a body of 65,536 bytes is taken, one more is refused", arguments: [(65_536, true), (65_537, false)])
    func bodySize(count: Int, isTaken: Bool) {
        let halves = [ByteBuffer(repeating: 1, count: 65_000), ByteBuffer(repeating: 2, count: count - 65_000)]
        let bodies: [AMQPMessage.Body] = [
            .data([ByteBuffer(repeating: 1, count: count)]), .data(halves),
            .value(.string(String(repeating: "x", count: count))),
            .value(.binary(ByteBuffer(repeating: 1, count: count))),
        ]
        for body in bodies {
            var message = TestService.message()
            message.body = body
            let result = Result { try CloudToDeviceMessage(message) }
            #expect(((try? result.get())?.body.count == count) == isTaken)
            guard case .failure(let error) = result else { continue }
            #expect((error as? AMQPError)?.condition == "amqp:link:message-size-exceeded")
        }
    }

    @Test("properties of 16,384 bytes are taken, one more is refused", arguments: [(16_384, true), (16_385, false)])
    func propertySize(count: Int, isTaken: Bool) {
        var message = TestService.message()
        message.properties.messageID = .string("m9")
        message.applicationProperties = [("name", .string(String(repeating: "v", count: count - 6)))]
        #expect(((try? CloudToDeviceMessage(message)) != nil) == isTaken)
    }

    @Test("a body that is neither bytes nor text is refused, an empty one is not")
    func bodies() throws {
        for body in [.sequences([[]]), .value(.int(1)), .value(.map([]))] as [AMQPMessage.Body] {
            var message = TestService.message()
            message.body = body
            #expect(throws: AMQPError.self) { try CloudToDeviceMessage(message) }
        }
        for body in [.none, .value(.null), .data([])] as [AMQPMessage.Body] {
            var message = TestService.message()
            message.body = body
            #expect(try CloudToDeviceMessage(message).body.isEmpty)
        }
    }

    @Test(
        "sections out of order, twice, unknown or of another type are no message [3.2]",
        arguments: [
            "005375 a00101 005373 45", "005373 45 005373 45", "005377 40 005375 a00101", "005377 40 005377 40",
            "005379 45", "005375 43", "005373 43", "005374 c103025305 40", "45", "40", "005375 a005 01",
            "005310 45", "005373 c00201 5207",
        ]
    )
    func malformed(hex: String) {
        #expect(throws: AMQPWireError.self) { try AMQPMessage(reading: ByteBuffer(hex: hex)) }
    }

    @Test("header, annotations and footer are passed over")
    func passedOver() throws {
        let bytes = ByteBuffer(hex: "005370 45 005371 c10100 005372 c10100 005375 a00101 005375 a00102 005378 c10100")
        #expect(
            try AMQPMessage(reading: bytes).body == .data([ByteBuffer(bytes: [1]), ByteBuffer(bytes: [2])])
        )
    }
}
