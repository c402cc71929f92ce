import DeviceRegistry
import GatewayAPI
import NIOHTTP1
import TelemetryModel
import Testing

@Suite("Certificates, passwords, topics and modules over HTTP, contract iothub-rest section 2")
struct CredentialRoutesTests {
    private static let version = "api-version=2021-04-12"
    private static let thumbprint = String(repeating: "ab", count: 32)
    private static let changed: HTTPHeaders = ["If-Match": "\"*\""]

    private static func put(
        _ api: APIFixture,
        _ path: String,
        _ body: String,
        headers: HTTPHeaders = [:]
    ) async throws -> APIFixture.Answer {
        try await api.send(.PUT, "\(path)?\(self.version)", headers: headers, body: body)
    }

    private static func stored(_ api: APIFixture, _ name: String) throws -> DeviceIdentity {
        let id = try #require(IdentityID(name))
        return try #require(try api.identities.identity(id))
    }

    @Test("the bodies the Python SDK sends for certificates are stored and answered")
    func certificates() async throws {
        try await APIFixture.run { api in
            let selfSigned = """
                {"deviceId":"d-x","status":"enabled","authentication":{"x509Thumbprint":\
                {"primaryThumbprint":"\(Self.thumbprint)","secondaryThumbprint":""},"type":"selfSigned"},\
                "capabilities":{"iotEdge":false}}
                """
            let answer = try await Self.put(api, "/devices/d-x", selfSigned)
            #expect(answer.status == 200, "\(answer.body)")
            #expect(
                answer.body.contains(
                    "\"authentication\":{\"symmetricKey\":{\"primaryKey\":null,\"secondaryKey\":null},"
                        + "\"x509Thumbprint\":{\"primaryThumbprint\":\"\(Self.thumbprint.uppercased())\","
                        + "\"secondaryThumbprint\":null},\"type\":\"selfSigned\"}"
                ),
                "\(answer.body)"
            )
            let authority = #"{"deviceId":"d-ca","status":"enabled","authentication":{"type":"certificateAuthority"}}"#
            #expect(try await Self.put(api, "/devices/d-ca", authority).status == 200)
            #expect(try Self.stored(api, "d-ca").kind == .certificateAuthority)
        }
    }

    @Test("a password is never answered, is kept by an update without one, and is taken away by null")
    func password() async throws {
        try await APIFixture.run { api in
            let made = try await Self.put(api, "/devices/d", #"{"deviceId":"d","weir":{"password":"s3cret-word"}}"#)
            #expect(made.status == 200, "\(made.body)")
            #expect(made.body.contains(#""weir":{"hasPassword":true"#))
            #expect(!made.body.contains("s3cret-word") && !made.body.contains("scrypt"))
            let hash = try #require(try Self.stored(api, "d").access.password)
            #expect(try hash.matches(Array("s3cret-word".utf8)))
            let kept = try await Self.put(api, "/devices/d", #"{"deviceId":"d"}"#, headers: Self.changed)
            #expect(kept.body.contains(#""hasPassword":true"#))
            #expect(api.connections.disconnected.isEmpty)
            let body = #"{"deviceId":"d","weir":{"password":null}}"#
            #expect(
                try await Self.put(api, "/devices/d", body, headers: Self.changed).body.contains(#"Password":false"#)
            )
            #expect(api.connections.disconnected == ["d: the device's credentials were changed"])
        }
    }

    @Test("topics and limits are answered as they were sent; a change of topics closes the connections")
    func permissions() async throws {
        try await APIFixture.run { api in
            let body = """
                {"deviceId":"d","weir":{"permissions":{"publish":["s/{device}/#"],"subscribe":["c/+"]},\
                "limits":{"messagesPerSecond":5}}}
                """
            let made = try await Self.put(api, "/devices/d", body)
            #expect(
                made.body.contains(
                    #""permissions":{"publish":["s/{device}/#"],"subscribe":["c/+"]},"limits":{"messagesPerSecond":5}"#
                ),
                "\(made.body)"
            )
            // What was read can be sent back, and changes nothing.
            #expect(try await Self.put(api, "/devices/d", made.body, headers: Self.changed).status == 200)
            #expect(api.connections.disconnected.isEmpty)
            let fewer = #"{"deviceId":"d","weir":{"permissions":{"publish":[]}}}"#
            #expect(try await Self.put(api, "/devices/d", fewer, headers: Self.changed).status == 200)
            #expect(try Self.stored(api, "d").access.topics == TopicGrants(subscribe: ["c/+"]))
            #expect(api.connections.disconnected == ["d: the device's permissions were changed"])
        }
    }

    @Test("at most 64 filters in a list", arguments: [(64, 200), (65, 400)])
    func filterCount(count: Int, status: Int) async throws {
        try await APIFixture.run { api in
            let filters = (0..<count).map { "\"a/\($0)\"" }.joined(separator: ",")
            let body = "{\"deviceId\":\"d\",\"weir\":{\"permissions\":{\"publish\":[\(filters)]}}}"
            let answer = try await Self.put(api, "/devices/d", body)
            #expect(answer.status == status)
        }
    }

    @Test("a module is made below its device, answered in the contract's form, listed and deleted")
    func modules() async throws {
        try await APIFixture.run { api in
            let body = #"{"moduleId":"m1","managedBy":"me","deviceId":"d","authentication":{"type":"sas"}}"#
            #expect(try await Self.put(api, "/devices/d/modules/m1", body).status == 404)
            _ = try await Self.put(api, "/devices/d", #"{"deviceId":"d"}"#)
            let made = try await Self.put(api, "/devices/d/modules/m1", body)
            #expect(made.status == 200, "\(made.body)")
            #expect(made.body.hasPrefix(#"{"moduleId":"m1","managedBy":"me","deviceId":"d","generationId":""#))
            #expect(!made.body.contains(#""status""#) && !made.body.contains("capabilities"))
            let again = try await Self.put(api, "/devices/d/modules/m1", body)
            #expect(again.status == 409)
            #expect(again.headers.first(name: "iothub-errorcode") == "ModuleAlreadyExistsOnDevice")
            let wrong = #"{"moduleId":"m2","deviceId":"d"}"#
            #expect(try await Self.put(api, "/devices/d/modules/m1", wrong).status == 400)
            let list = try await api.send(.GET, "/devices/d/modules?\(Self.version)")
            #expect(list.status == 200 && list.body.hasPrefix(#"[{"moduleId":"m1""#), "\(list.body)")
            #expect(try await api.send(.GET, "/devices/none/modules?\(Self.version)").status == 404)
            #expect(try await api.send(.DELETE, "/devices/d/modules/m1?\(Self.version)").status == 204)
            #expect(api.connections.disconnected == ["d/m1: the module was deleted"])
            let missing = try await api.send(.GET, "/devices/d/modules/m1?\(Self.version)")
            #expect(missing.headers.first(name: "iothub-errorcode") == "ModuleNotFound")
        }
    }

    @Test("bulk entries take passwords, topics, certificates and modules; a wrong one does not undo the others")
    func bulk() async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(
                .POST,
                "/devices?\(Self.version)",
                body: """
                    [{"id":"a","weir":{"password":"password-a","permissions":{"publish":["x/{device}"]}}},
                     {"id":"b","weir":{"password":"short"}},{"id":"a","moduleId":"m","weir":{"password":"password-m"}},
                     {"id":"c","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"\(Self.thumbprint)"}}}]
                    """
            )
            #expect(answer.status == 400)
            #expect(answer.body.contains(#""deviceId":"b","errorCode":"ArgumentInvalid""#), "\(answer.body)")
            #expect(try Self.stored(api, "a").access.password?.matches(Array("password-a".utf8)) == true)
            #expect(try Self.stored(api, "a").access.topics.publish == ["x/{device}"])
            #expect(try Self.stored(api, "a/m").access.password?.matches(Array("password-m".utf8)) == true)
            #expect(try Self.stored(api, "c").kind == .selfSigned)
            #expect(try api.identities.deviceCounts().total == 2)
        }
    }

    @Test("the hash of a password stands for it, as an export has it; no answer gives one")
    func passwordHash() async throws {
        try await APIFixture.run { api in
            let parameters = try #require(PasswordHash.Parameters(checking: 4, blockSize: 8, parallelism: 1))
            let hash = try PasswordHash(hashing: Array("password-a".utf8), parameters: parameters)
            let body = "{\"deviceId\":\"d\",\"weir\":{\"passwordHash\":\"\(hash.text)\"}}"
            let made = try await Self.put(api, "/devices/d", body)
            #expect(made.status == 200 && made.body.contains(#""hasPassword":true"#), "\(made.body)")
            #expect(!made.body.contains("scrypt"))
            #expect(try Self.stored(api, "d").access.password == hash)
            let wrong = #"{"deviceId":"e","weir":{"passwordHash":"$scrypt$ln=1"}}"#
            #expect(try await Self.put(api, "/devices/e", wrong).status == 400)
        }
    }

    @Test("an application is made, read, changed, listed and deleted; its connections follow")
    func applications() async throws {
        try await APIFixture.run { api in
            let body = ##"{"password":"dashboards!","permissions":{"subscribe":["#"]},"thumbprint":""}"##
            let made = try await Self.put(api, "/applications/grafana", body)
            #expect(made.status == 200, "\(made.body)")
            #expect(made.body.contains(#""hasPassword":true"#) && !made.body.contains("dashboards!"))
            #expect(made.body.contains(#""thumbprint":null"#))
            #expect(try await Self.put(api, "/applications/grafana", "{}").status == 409)
            _ = try await Self.put(api, "/devices/d", #"{"deviceId":"d"}"#)
            #expect(try await Self.put(api, "/applications/d", "{}").status == 409)
            #expect(try await Self.put(api, "/devices/grafana", #"{"deviceId":"grafana"}"#).status == 409)
            for name in ["anonymous", "a%2Fb", "a%20b"] {
                #expect(try await Self.put(api, "/applications/\(name)", "{}").status == 400)
            }
            #expect(try await Self.put(api, "/applications/none", "{}", headers: Self.changed).status == 404)
            let same = try await Self.put(api, "/applications/grafana", "{}", headers: Self.changed)
            #expect(same.status == 200 && same.body.contains(##""subscribe":["#"]"##), "\(same.body)")
            #expect(api.connections.disconnected.isEmpty)
            let disabled = #"{"status":"disabled"}"#
            #expect(try await Self.put(api, "/applications/grafana", disabled, headers: Self.changed).status == 200)
            #expect(api.connections.disconnected == ["application grafana: the application was disabled"])
            let list = try await api.send(.GET, "/applications?\(Self.version)")
            #expect(list.body.hasPrefix(#"[{"name":"grafana""#), "\(list.body)")
            #expect(try await api.send(.DELETE, "/applications/grafana?\(Self.version)").status == 204)
            let missing = try await api.send(.GET, "/applications/grafana?\(Self.version)")
            #expect(missing.status == 404)
            #expect(missing.headers.first(name: "iothub-errorcode") == "ApplicationNotFound")
        }
    }
}
