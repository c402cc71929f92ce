import DeviceRegistry
import FoundationEssentials
import GatewayAPI
import HubProtocol
import NIOHTTP1
import TelemetryModel
import Testing

@Suite("Devices over HTTP, contract iothub-rest section 2")
struct DeviceRoutesTests {
    /// The members of an identity that these tests look at.
    struct Identity: Decodable {
        struct Authentication: Decodable {
            struct Keys: Decodable {
                var primaryKey: String
                var secondaryKey: String
            }

            var symmetricKey: Keys
            var type: String
        }

        var deviceId: String
        var generationId: String
        var etag: String
        var connectionState: String
        var status: String
        var statusReason: String?
        var statusUpdatedTime: String
        var authentication: Authentication
    }

    private static let version = "api-version=2021-04-12"

    private static func path(_ id: String) -> String {
        "/devices/\(PercentEncoding.encode(id))?\(self.version)"
    }

    private static func create(
        _ api: APIFixture,
        _ id: String,
        more: String = "",
        headers: HTTPHeaders = [:]
    ) async throws -> APIFixture.Answer {
        let name = id.replacing("\"", with: "\\\"")
        return try await api.send(.PUT, self.path(id), headers: headers, body: "{\"deviceId\":\"\(name)\"\(more)}")
    }

    @Test("a device is made with 200, new keys, and the etag bare in the body and quoted in the header")
    func create() async throws {
        try await APIFixture.run { api in
            let answer = try await Self.create(api, "d-1")
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Type") == "application/json; charset=utf-8")
            let identity = try answer.json(Identity.self)
            #expect(identity.deviceId == "d-1")
            #expect(identity.status == "enabled")
            #expect(identity.connectionState == "Disconnected")
            #expect(identity.statusUpdatedTime == "0001-01-01T00:00:00")
            #expect(answer.headers.first(name: "ETag") == "\"\(identity.etag)\"")
            #expect(SASToken.keyBytes(identity.authentication.symmetricKey.primaryKey)?.count == 32)
            #expect(SASToken.keyBytes(identity.authentication.symmetricKey.secondaryKey)?.count == 32)
            #expect(
                identity.authentication.symmetricKey.primaryKey != identity.authentication.symmetricKey.secondaryKey
            )
            #expect(answer.body.contains(#""statusReason":null"#))
            #expect(answer.body.contains(#""cloudToDeviceMessageCount":0"#))
            #expect(answer.body.contains(#""capabilities":{"iotEdge":false}"#))
        }
    }

    @Test("the body the Python SDK sends, with empty keys, makes a device")
    func sdkBody() async throws {
        try await APIFixture.run { api in
            let body =
                #"{"deviceId":"d-2","status":"enabled","authentication":{"symmetricKey":{"primaryKey":"","secondaryKey":""},"type":"sas"},"capabilities":{"iotEdge":false}}"#
            let answer = try await api.send(.PUT, Self.path("d-2"), body: body)
            #expect(answer.status == 200, "\(answer.body)")
            let keys = try answer.json(Identity.self).authentication.symmetricKey
            #expect(SASToken.keyBytes(keys.primaryKey)?.count == 32)
        }
    }

    @Test(
        "ids are percent-decoded once, after the path was split",
        arguments: ["a:b#c?d%", "a%20b", "x+y", "%2F", "$a'(b)*!;,=@", String(repeating: "i", count: 128)]
    )
    func oddID(id: String) async throws {
        try await APIFixture.run { api in
            #expect(try await Self.create(api, id).status == 200)
            let identity = try await api.send(.GET, Self.path(id)).json(Identity.self)
            #expect(identity.deviceId == id)
            #expect(try api.identities.identity(#require(IdentityID(device: id))) != nil)
            #expect(try await api.send(.DELETE, Self.path(id)).status == 204)
            #expect(try await api.send(.GET, Self.path(id)).status == 404)
        }
    }

    @Test(
        "an id that no device may have is refused with 400",
        arguments: [
            "/devices/a%2Fb", "/devices/a%20b", "/devices/%C3%BC", "/devices/%FF", "/devices/%zz", "/devices/%4",
            "/devices/" + String(repeating: "i", count: 129),
        ]
    )
    func wrongID(path: String) async throws {
        try await APIFixture.run { api in
            // Raw: a client library would repair the path first.
            let client = try await HTTPStream(api, "\(path)?\(Self.version)", reads: true)
            #expect(try await client.waitForClose())
            #expect(client.text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(client.text)")
            #expect(client.text.contains("iothub-errorcode: ArgumentInvalid"), "\(client.text)")
        }
    }

    @Test(
        "a wrong body is refused with 400 and words about the member at fault",
        arguments: [
            (#"{"deviceId":"e"}"#, "must be the same"), ("{}", "no deviceId"), ("", "not JSON"), ("[]", "wrong type"),
            (#"{"deviceId":"d""#, "not JSON"), (#"{"deviceId":7}"#, "deviceId"),
            (#"{"deviceId":"d","status":"off"}"#, "expected enabled or disabled"),
            (#"{"deviceId":"d","authentication":{"type":"selfSigned"}}"#, "needs a primary or secondary thumbprint"),
            (#"{"deviceId":"d","authentication":{"type":"kerberos"}}"#, "expected one of sas, selfSigned"),
            (
                #"{"deviceId":"d","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"AB"}}}"#,
                "primaryThumbprint is not the SHA-1"
            ),
            (#"{"deviceId":"d","moduleId":"m"}"#, "must be the same"),
            (#"{"deviceId":"d","weir":{"password":"seven77"}}"#, "7 bytes, expected 8 to 256"),
            (#"{"deviceId":"d","weir":{"permissions":{"publish":["devices/x/#"]}}}"#, "the hub's own"),
            (#"{"deviceId":"d","weir":{"permissions":{"subscribe":["a/{devise}"]}}}"#, "unknown placeholder"),
            (#"{"deviceId":"d","weir":{"limits":{"bytesPerSecond":-1}}}"#, "expected 0 (no limit)"),
            (
                #"{"deviceId":"d","authentication":{"type":"sas","symmetricKey":{"primaryKey":"no base64!"}}}"#,
                "primaryKey"
            ),
            ("{\"deviceId\":\"d\",\"statusReason\":\"\(String(repeating: "r", count: 129))\"}", "at most 128"),
            (String(repeating: "[", count: 10_000), ""),
        ]
    )
    func wrongBody(body: String, words: String) async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.PUT, Self.path("d"), body: body)
            #expect(answer.status == 400, "\(answer.body)")
            #expect(answer.errorCode == "ArgumentInvalid")
            #expect(answer.body.contains(words), "\(answer.body)")
            #expect(try api.identities.deviceCounts().total == 0)
        }
    }

    @Test("keys hold 16 to 64 bytes", arguments: [(15, 400), (16, 200), (64, 200), (65, 400)])
    func keyLength(bytes: Int, status: Int) async throws {
        try await APIFixture.run { api in
            let key = Data(repeating: 7, count: bytes).base64EncodedString()
            let more = ",\"authentication\":{\"type\":\"sas\",\"symmetricKey\":{\"primaryKey\":\"\(key)\"}}"
            let answer = try await Self.create(api, "d", more: more)
            #expect(answer.status == status, "\(answer.body)")
            if status == 200 {
                #expect(try answer.json(Identity.self).authentication.symmetricKey.primaryKey == key)
            }
        }
    }

    @Test("a body of the limit is read, one byte more is 413 and costs only this connection", arguments: [0, 1])
    func bodyLimit(excess: Int) async throws {
        try await APIFixture.run(\.identityBodyBytesMax, 2_000) { api in
            let text = #"{"deviceId":"d"}"#
            let body = text + String(repeating: " ", count: 2_000 - text.utf8.count + excess)
            let answer = try await api.send(.PUT, Self.path("d"), body: body)
            #expect(answer.status == (excess == 0 ? 200 : 413), "\(answer.body)")
            if excess > 0 { #expect(answer.errorCode == "RequestEntityTooLarge") }
            #expect(try await api.send(.GET, "/healthz").status == 200)
        }
    }

    @Test("without If-Match a device that exists is 409")
    func conflict() async throws {
        try await APIFixture.run { api in
            _ = try await Self.create(api, "d")
            let answer = try await Self.create(api, "d")
            #expect(answer.status == 409)
            #expect(answer.errorCode == "DeviceAlreadyExists")
            #expect(answer.body.contains("ErrorCode:DeviceAlreadyExists;"))
            #expect(answer.body.contains("ExceptionMessage"))
        }
    }

    @Test(
        "If-Match decides over replacing and deleting; quotes and W/ do not count",
        arguments: ["PUT", "DELETE"],
        [
            ("\"*\"", true), ("*", true), ("ETAG", true), ("\"ETAG\"", true), ("W/\"ETAG\"", true),
            ("\"AAAAAAAA\"", false), ("AAAAAAAA", false), ("\"\"", false), ("**", false),
        ]
    )
    func ifMatch(method: String, condition: (header: String, isMet: Bool)) async throws {
        try await APIFixture.run { api in
            let before = try await Self.create(api, "d").json(Identity.self)
            let header = condition.header.replacing("ETAG", with: before.etag)
            let answer = try await api.send(
                HTTPMethod(rawValue: method),
                Self.path("d"),
                headers: ["If-Match": header],
                body: method == "PUT" ? #"{"deviceId":"d","status":"disabled","statusReason":"lost"}"# : nil
            )
            let success = method == "PUT" ? 200 : 204
            #expect(answer.status == (condition.isMet ? success : 412), "\(answer.body)")
            if !condition.isMet {
                #expect(answer.errorCode == "PreconditionFailed")
                #expect(try await api.send(.GET, Self.path("d")).json(Identity.self).etag == before.etag)
            } else if method == "PUT" {
                let after = try answer.json(Identity.self)
                #expect(after.etag != before.etag)
                #expect(after.generationId == before.generationId)
                #expect(after.status == "disabled")
                #expect(after.statusReason == "lost")
                #expect(after.statusUpdatedTime == "2026-11-21T12:00:00.000Z")
                #expect(
                    after.authentication.symmetricKey.primaryKey == before.authentication.symmetricKey.primaryKey,
                    "an update that says nothing about keys keeps them"
                )
            }
        }
    }

    @Test("with If-Match an unknown device is 404", arguments: ["PUT", "DELETE"])
    func unknown(method: String) async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(
                HTTPMethod(rawValue: method),
                Self.path("nobody"),
                headers: ["If-Match": "\"*\""],
                body: method == "PUT" ? #"{"deviceId":"nobody"}"# : nil
            )
            #expect(answer.status == 404)
            #expect(answer.errorCode == "DeviceNotFound")
        }
    }

    @Test("deleting and making again gives another generation")
    func generation() async throws {
        try await APIFixture.run { api in
            let first = try await Self.create(api, "d").json(Identity.self)
            #expect(try await api.send(.DELETE, Self.path("d")).status == 204)
            let second = try await Self.create(api, "d").json(Identity.self)
            #expect(first.generationId != second.generationId)
        }
    }

    @Test("what was a device's modules' is forgotten with it, deleted alone or in bulk", arguments: [false, true])
    func modulesForgotten(isBulk: Bool) async throws {
        try await APIFixture.run { api in
            _ = try await Self.create(api, "d")
            for module in ["m1", "m2"] {
                let path = "/devices/d/modules/\(module)?\(Self.version)"
                let body = "{\"deviceId\":\"d\",\"moduleId\":\"\(module)\"}"
                #expect(try await api.send(.PUT, path, body: body).status == 200)
            }
            if isBulk {
                let body = #"[{"id":"d","importMode":"delete"}]"#
                #expect(try await api.send(.POST, "/devices?\(Self.version)", body: body).status == 200)
            } else {
                #expect(try await api.send(.DELETE, Self.path("d")).status == 204)
            }
            #expect(api.connections.forgotten.map(\.description).sorted() == ["d", "d/m1", "d/m2"])
        }
    }

    @Test("disabling, replacing a key and deleting close the device's connections; other changes do not")
    func disconnect() async throws {
        try await APIFixture.run { api in
            let identity = try await Self.create(api, "d").json(Identity.self)
            let ifMatch: HTTPHeaders = ["If-Match": "*"]
            api.connections.connect(try #require(IdentityID(device: "d")))
            #expect(try await api.send(.GET, Self.path("d")).json(Identity.self).connectionState == "Connected")
            _ = try await Self.create(api, "d", more: #","statusReason":"x""#, headers: ifMatch)
            let keys = identity.authentication.symmetricKey
            let same = "{\"primaryKey\":\"\(keys.primaryKey)\",\"secondaryKey\":\"\(keys.secondaryKey)\"}"
            _ = try await Self.create(
                api,
                "d",
                more: ",\"authentication\":{\"symmetricKey\":\(same)}",
                headers: ifMatch
            )
            #expect(api.connections.disconnected.isEmpty)
            _ = try await Self.create(api, "d", more: #","status":"disabled""#, headers: ifMatch)
            _ = try await Self.create(api, "d", more: #","status":"enabled","authentication":{}"#, headers: ifMatch)
            _ = try await api.send(.DELETE, Self.path("d"))
            #expect(
                api.connections.disconnected == [
                    "d: the device was disabled", "d: the key or certificate in use of the device was replaced",
                    "d: the device was deleted",
                ]
            )
        }
    }

    @Test(
        "top is 1 to 1000 and everything else is 1000; after goes on behind an id",
        arguments: [
            ("top=2", 2), ("top=0", 5), ("top=1001", 5), ("top=x", 5), ("after=d2", 3), ("top=1&after=d4", 1),
            ("after=d5", 0),
        ]
    )
    func list(query: String, count: Int) async throws {
        try await APIFixture.run { api in
            for index in 1...5 { _ = try await Self.create(api, "d\(index)") }
            let answer = try await api.send(.GET, "/devices?\(query)&\(Self.version)")
            #expect(answer.status == 200)
            #expect(try answer.json([Identity].self).count == count)
        }
    }

    @Test("statistics count devices by status, and connected devices without modules and applications")
    func statistics() async throws {
        try await APIFixture.run { api in
            _ = try await Self.create(api, "a")
            _ = try await Self.create(api, "b", more: #","status":"disabled""#)
            api.connections.connect(try #require(IdentityID(device: "a")))
            api.connections.connect(try #require(IdentityID(device: "a", module: "m")))
            let device = AnsweringDevice(try #require(IdentityID(device: "a")), on: api.hub)
            let module = AnsweringDevice(try #require(IdentityID(device: "a", module: "m")), on: api.hub, as: 2)
            defer { withExtendedLifetime((device, module)) {} }
            let devices = try await api.send(.GET, "/statistics/devices?\(Self.version)")
            #expect(devices.body == #"{"totalDeviceCount":2,"enabledDeviceCount":1,"disabledDeviceCount":1}"#)
            let service = try await api.send(.GET, "/statistics/service?\(Self.version)")
            #expect(service.body == #"{"connectedDeviceCount":1}"#)
        }
    }

    @Test("a call without api-version is 400, any version is taken")
    func version() async throws {
        try await APIFixture.run { api in
            for query in ["", "?", "?api-version", "?api-version="] {
                let answer = try await api.send(.GET, "/devices\(query)")
                #expect(answer.status == 400, "\(query)")
            }
            #expect(try await api.send(.GET, "/devices?api-version=1999-12-31").status == 200)
        }
    }

    @Test("what is not a route is 404 in the contract's form", arguments: ["/", "/devices/a/b/c", "/nothing"])
    func noRoute(path: String) async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.GET, path)
            #expect(answer.status == 404)
            #expect(answer.errorCode == "ResourceNotFound")
            #expect(answer.body.contains("Message"))
        }
    }
}
