import HubProtocol
import NIOHTTP1
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("Jobs and configurations over HTTP, contract iothub-rest sections 7 and 8")
struct JobRoutesTests {
    private static let version = "api-version=2021-04-12"

    @Test("a job is made, read and cancelled, by whom is known")
    func jobs() async throws {
        try await APIFixture.run { api in
            let target = "/jobs/v2/j1?\(Self.version)"
            let body = #"{"jobId":"j1","type":"scheduleUpdateTwin"}"#
            #expect(try await api.send(.PUT, target, body: body).status == 200)
            #expect(try await api.send(.GET, target).body.contains(#""status":"queued""#))
            let cancelled = try await api.send(.POST, "/jobs/v2/j1/cancel?\(Self.version)")
            #expect(cancelled.status == 200)
            #expect(cancelled.body.contains(#""status":"cancelled""#))
            #expect(api.jobs.asked == ["create j1 by policy:iothubowner", "cancel j1 by policy:iothubowner"])
            let other = try await api.send(.PUT, target, body: #"{"jobId":"j2"}"#)
            #expect(other.status == 400)
            #expect(try await api.send(.GET, "/jobs/v2/none?\(Self.version)").errorCode == "JobNotFound")
            // Needs more than one of the permissions.
            for policy in ["service", "registryReadWrite"] {
                let refused = try await api.send(.GET, target, authorization: api.token(policy: policy))
                #expect(refused.status == 401, "\(policy)")
            }
        }
    }

    @Test("jobs are an array with a token, and an object for the package that cannot read an array")
    func query() async throws {
        try await APIFixture.run { api in
            for id in ["a", "b", "c"] {
                _ = try await api.send(.PUT, "/jobs/v2/\(id)?\(Self.version)", body: "{}")
            }
            let target = "/jobs/v2/query?jobType=scheduleUpdateTwin&jobStatus=queued&\(Self.version)"
            let page = try await api.send(.GET, target, headers: ["x-ms-max-item-count": "2"])
            #expect(try JSONValue(parsing: page.body).array?.count == 2)
            #expect(page.headers.first(name: "x-ms-continuation") == "2")
            let last = try await api.send(.GET, target, headers: ["x-ms-continuation": "2"])
            #expect(try JSONValue(parsing: last.body).array?.count == 1)
            #expect(last.headers.first(name: "x-ms-continuation") == nil)
            let agent = "python/3.11 msrest/0.7.1 iothubgatewayserviceapis/2021-04-12"
            let object = try await api.send(.GET, target, headers: ["User-Agent": agent])
            let answer = try #require(try JSONValue(parsing: object.body).object)
            #expect(answer["type"]?.string == "jobResponse")
            #expect(answer["items"]?.array?.count == 3)
            #expect(answer["continuationToken"] == .null)
            #expect(
                api.jobs.asked.filter { $0.hasPrefix("jobs") } == [
                    "jobs scheduleUpdateTwin queued 2 -", "jobs scheduleUpdateTwin queued 100 2",
                    "jobs scheduleUpdateTwin queued 100 -",
                ]
            )
        }
    }

    @Test("import and export jobs, and files of devices, need blob storage: refused with 403")
    func blobs() async throws {
        try await APIFixture.run { api in
            #expect(try await api.send(.GET, "/jobs?\(Self.version)").body == "[]")
            let create = try await api.send(.POST, "/jobs/create?\(Self.version)", body: "{}")
            #expect(create.status == 403)
            #expect(create.body.contains("weir device export"))
            for method: HTTPMethod in [.GET, .DELETE] {
                #expect(try await api.send(method, "/jobs/x?\(Self.version)").errorCode == "JobNotFound")
            }
            for path in ["files", "files/notifications"] {
                let upload = try await api.send(
                    .POST,
                    "/devices/dev1/\(path)?api-version=2019-10-01",
                    authorization: "SharedAccessSignature sr=hub.example.org%2Fdevices%2Fdev1&sig=AAAA&se=1800000000",
                    body: #"{"blobName":"a"}"#
                )
                #expect(upload.status == 403)
                #expect(upload.errorCode == "OperationNotSupported")
            }
        }
    }

    @Test("configurations are made without If-Match and changed with a bare etag")
    func configurations() async throws {
        try await APIFixture.run { api in
            let target = "/configurations/cfg1?\(Self.version)"
            let made = try await api.send(.PUT, target, body: #"{"id":"cfg1","content":{}}"#)
            #expect(made.status == 200)
            #expect(made.headers.first(name: "ETag") == "\"NNWD3Ak2\"")
            _ = try await api.send(.PUT, target, headers: ["If-Match": "NNWD3Ak2"], body: "{}")
            #expect(try await api.send(.PUT, target, body: #"{"id":"other"}"#).status == 400)
            #expect(try await api.send(.GET, target).status == 200)
            #expect(try await api.send(.GET, "/configurations?top=10&\(Self.version)").status == 200)
            #expect(try await api.send(.GET, "/configurations/none?\(Self.version)").status == 404)
            let test = try await api.send(.POST, "/configurations/testQueries?\(Self.version)", body: "{}")
            #expect(test.body == #"{"targetConditionError":null,"customMetricQueryErrors":{}}"#)
            let apply = "/devices/dev1/applyConfigurationContent?\(Self.version)"
            #expect(try await api.send(.POST, apply, body: #"{"modulesContent":{}}"#).status == 204)
            #expect(try await api.send(.DELETE, target, headers: ["If-Match": "*"]).status == 204)
            #expect(
                api.configurations.asked == [
                    "put cfg1 new by policy:iothubowner", "put cfg1 etag(\"NNWD3Ak2\") by policy:iothubowner",
                    "list 10",
                    #"apply to dev1 by policy:iothubowner: {"modulesContent":{}}"#,
                    "delete cfg1 any by policy:iothubowner",
                ]
            )
        }
    }
}
