import HTTPTypes
import HubProtocol
import TelemetryModel
import Testing

@testable import GatewayAPI

@Suite("Cloud-to-device messages in a request's head, contract iothub-rest section 6")
struct MessageRequestTests {
    private static func fields(_ pairs: [(String, String)]) throws -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in pairs { fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return fields
    }

    @Test("system properties, application properties in order and the payload become a message")
    func message() throws {
        let fields = try Self.fields([
            ("iothub-to", "/devices/dev1/messages/devicebound"), ("iothub-messageid", "m9"),
            ("iothub-correlationid", "c1"), ("iothub-expiry", "2026-11-21T13:00:00Z"), ("iothub-ack", "Full"),
            ("Content-Type", "application/json"), ("Content-Encoding", "utf-8"), ("iothub-app-Level", "high"),
            ("IOTHUB-APP-n", "5"), ("iothub-app-", "nothing"), ("iothub-other", "x"),
        ])
        let message = try MessageRequest.message(to: "dev1", headers: fields, payload: [1, 2])
        var expected = CloudToDeviceMessage(to: "dev1", payload: [1, 2])
        expected.messageID = "m9"
        expected.correlationID = "c1"
        expected.contentType = "application/json"
        expected.contentEncoding = "utf-8"
        expected.expiresAt = Timestamp(iso8601: "2026-11-21T13:00:00Z")
        expected.acknowledgement = .full
        expected.properties = [.init("Level", "high"), .init("n", "5")]
        #expect(message == expected)
    }

    @Test(
        "the device is in iothub-to, percent-encoded once",
        arguments: [
            ("/devices/dev1/messages/devicebound", "dev1"), ("/devices/dev1/messages/deviceBound", "dev1"),
            ("/devices/a%3Ab%23c%3Fd%25/messages/devicebound", "a:b#c?d%"),
        ]
    )
    func device(header: String, id: String) throws {
        #expect(try MessageRequest.device(header) == id)
    }

    @Test(
        "another iothub-to is refused",
        arguments: [
            nil, "", "dev1", "/devices/dev1", "/devices//messages/devicebound", "/devices/d/messages/devicebound/x",
            "/devices/%zz/messages/devicebound", "/devices/a%2Fb/messages/devicebound", "/twins/d/messages/devicebound",
        ] as [String?]
    )
    func wrongDevice(header: String?) {
        #expect(throws: HubError.self) { try MessageRequest.device(header) }
    }

    @Test("a wrong expiry and a wrong acknowledgement are named", arguments: ["iothub-expiry", "iothub-ack"])
    func wrongField(name: String) throws {
        let fields = try Self.fields([(name, "soon")])
        do throws(HubError) {
            _ = try MessageRequest.message(to: "d", headers: fields, payload: [])
            Issue.record("taken")
        } catch {
            #expect(error.message.contains("\(name) is “soon”"), "\(error.message)")
        }
    }
}
