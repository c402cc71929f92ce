import HubProtocol
import NIOHTTP1
import Testing

@Suite("the built-in CA over HTTP")
struct CertificateRoutesTests {
    private static let version = "api-version=2021-04-12"

    @Test("requests become what the CA is asked for, with their author")
    func asked() async throws {
        try await APIFixture.run { api in
            for (method, path, body) in [
                (.GET, "/ca", nil), (.POST, "/ca", "{}"),
                (.POST, "/ca", #"{"replaces":"0a:bc","trustsFormer":false}"#), (.DELETE, "/ca/former", nil),
                (.POST, "/ca/server", nil),
                (.POST, "/ca/certificates", #"{"deviceId":"dev1","moduleId":"m","certificateRequest":"PEM"}"#),
                (.POST, "/ca/certificates", #"{"deviceId":"dev1","certificateRequest":"PEM","validDays":3650}"#),
                (.POST, "/ca/revocations", #"{"serial":"0abc","reason":"keyCompromise"}"#),
                (.POST, "/ca/revocations", #"{"deviceId":"dev1","moduleId":"m"}"#),
            ] as [(HTTPMethod, String, String?)] {
                let answer = try await api.send(method, "\(path)?\(Self.version)", body: body)
                #expect(answer.status == 200, "\(method) \(path): \(answer.body)")
            }
            let author = "by policy:iothubowner"
            #expect(
                api.authority.asked == [
                    "authority", "begin - true \(author)", "begin 0ABC false \(author)", "retire \(author)", "renew",
                    "issue dev1/m PEM 365 \(author)", "issue dev1 PEM 3650 \(author)",
                    #"revoke serial("0ABC") keyCompromise \#(author)"#, "revoke subject(dev1/m) unspecified \(author)",
                ]
            )
        }
    }

    @Test("the list goes on where the page before ended; a serial that was never issued is 404")
    func list() async throws {
        try await APIFixture.run { api in
            let page = try await api.send(
                .GET,
                "/ca/certificates?\(Self.version)",
                headers: ["x-ms-max-item-count": "5", "x-ms-continuation": "7"]
            )
            #expect(page.status == 200 && page.headers.first(name: "x-ms-continuation") == "8")
            let own = try await api.send(.GET, "/ca/certificates?\(Self.version)&device=dev1&module=m")
            #expect(own.status == 200 && own.headers.first(name: "x-ms-continuation") == nil)
            let unknown = try await api.send(.GET, "/ca/certificates/0abc?\(Self.version)")
            #expect((unknown.status, unknown.errorCode) == (404, "CertificateNotFound"))
            #expect(
                api.authority.asked == [
                    "list all 7 5", "list subject(dev1/m) 0 100", #"list serial("0ABC") 0 1"#,
                ]
            )
        }
    }

    @Test(
        "what makes no sense is refused with the member and what was expected",
        arguments: [
            (.POST, "/ca", #"{"replaces":"xyz"}"#, "serial"), (.POST, "/ca", #"{"trustsFormer":1}"#, "trustsFormer"),
            (.POST, "/ca/certificates", "{}", "deviceId"),
            (.POST, "/ca/certificates", #"{"deviceId":"a b","certificateRequest":""}"#, "device id"),
            (.POST, "/ca/certificates", #"{"deviceId":"a","certificateRequest":"","validDays":0}"#, "1 to 3650"),
            (.POST, "/ca/certificates", #"{"deviceId":"a","certificateRequest":"","validDays":3651}"#, "1 to 3650"),
            (.POST, "/ca/revocations", "{}", "serial"),
            (.POST, "/ca/revocations", #"{"serial":"0a","deviceId":"a"}"#, "not both"),
            (.POST, "/ca/revocations", #"{"serial":"0a","reason":"whim"}"#, "keyCompromise"),
            (.GET, "/ca/certificates/xyz", nil, "hex"),
        ] as [(HTTPMethod, String, String?, String)]
    )
    func refused(method: HTTPMethod, path: String, body: String?, words: String) async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(method, "\(path)?\(Self.version)", body: body)
            #expect(answer.status == 400 && answer.body.contains(words), "\(answer.body)")
            #expect(api.authority.asked.isEmpty)
        }
    }

    @Test("who may read the registry sees certificates, who may change everything makes them")
    func permissions() async throws {
        try await APIFixture.run { api in
            let reader = api.token(policy: "registryRead")
            #expect(try await api.send(.GET, "/ca?\(Self.version)", authorization: reader).status == 200)
            for policy in ["registryRead", "registryReadWrite", "service", "device"] {
                let answer = try await api.send(
                    .POST,
                    "/ca/server?\(Self.version)",
                    authorization: api.token(policy: policy)
                )
                #expect(answer.status == 401, "\(policy)")
            }
            #expect(try await api.send(.GET, "/ca?\(Self.version)", authorization: nil).status == 401)
        }
    }
}
