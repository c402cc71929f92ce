import FoundationEssentials
import HubProtocol
import NIOHTTP1
import TelemetryJSON
import Testing

@Suite("enrollments over HTTP, contract provisioning")
struct EnrollmentRoutesTests {
    private static let version = "api-version=2021-10-01"
    private static let keys = #"{"attestation":{"type":"symmetricKey"}}"#

    private static func document(_ answer: APIFixture.Answer) throws -> JSONObject {
        try #require(try JSONValue(parsing: answer.body).object)
    }

    @Test("a group is made, read, changed with its etag, told its keys, and deleted", arguments: [true, false])
    func life(isGroup: Bool) async throws {
        let path = isGroup ? "/enrollmentGroups" : "/enrollments"
        let idName = isGroup ? "enrollmentGroupId" : "registrationId"
        try await APIFixture.run { api in
            let one = "\(path)/Fleet-1?\(Self.version)"
            let made = try await api.send(.PUT, one, body: Self.keys)
            #expect(made.status == 200)
            let document = try Self.document(made)
            #expect(document[idName] == .string("Fleet-1"))
            let etag = try #require(document["etag"]?.string)
            #expect(made.headers.first(name: "ETag") == "\"\(etag)\"")
            let again = try await api.send(.PUT, one, body: Self.keys)
            #expect((again.status, again.errorCode) == (409, "EnrollmentConflict"))
            let read = try await api.send(.GET, one)
            #expect(read.status == 200)
            #expect(!read.body.contains("primaryKey"))
            let attestation = try await api.send(.POST, "\(path)/fleet-1/attestationmechanism?\(Self.version)")
            let key = try Self.document(attestation)["symmetricKey"]?.object?["primaryKey"]?.string
            #expect(SASToken.keyBytes(key ?? "")?.count == 32)
            var changed = document
            changed.set("provisioningStatus", to: .string("disabled"))
            let stale = try await api.send(.PUT, one, headers: ["If-Match": "\"x\""], body: changed.description)
            #expect(stale.status == 412)
            let put = try await api.send(.PUT, one, headers: ["If-Match": "\"\(etag)\""], body: changed.description)
            #expect(try Self.document(put)["provisioningStatus"] == .string("disabled"))
            let query = #"{"query":"SELECT * FROM enrollments"}"#
            let page = try await api.send(.POST, "\(path)/query?\(Self.version)", body: query)
            #expect(try JSONValue(parsing: page.body).array?.count == 1)
            #expect(try await api.send(.DELETE, one).status == 204)
            #expect(try await api.send(.GET, one).errorCode == "EnrollmentNotFound")
            #expect(try await api.send(.DELETE, one).status == 404)
        }
    }

    @Test("pages continue where the page before ended")
    func pages() async throws {
        try await APIFixture.run { api in
            for name in ["a", "b", "c"] {
                _ = try await api.send(.PUT, "/enrollmentGroups/\(name)?\(Self.version)", body: Self.keys)
            }
            let target = "/enrollmentGroups/query?\(Self.version)"
            let first = try await api.send(.POST, target, headers: ["x-ms-max-item-count": "2"], body: "{}")
            #expect(try JSONValue(parsing: first.body).array?.count == 2)
            let continuation = try #require(first.headers.first(name: "x-ms-continuation"))
            let rest = try await api.send(.POST, target, headers: ["x-ms-continuation": continuation], body: "{}")
            #expect(try JSONValue(parsing: rest.body).array?.count == 1)
            #expect(rest.headers.first(name: "x-ms-continuation") == nil)
        }
    }

    @Test("a query with a condition gives what it holds for, page by page")
    func condition() async throws {
        try await APIFixture.run { api in
            for name in ["a", "b", "c", "d"] {
                let status = name == "b" ? "disabled" : "enabled"
                let body = #"{"attestation":{"type":"symmetricKey"},"provisioningStatus":"\#(status)"}"#
                #expect(try await api.send(.PUT, "/enrollments/\(name)?\(Self.version)", body: body).status == 200)
            }
            let query = #"{"query":"SELECT * FROM enrollments WHERE provisioningStatus = 'enabled'"}"#
            var found: [String] = []
            var headers: HTTPHeaders = ["x-ms-max-item-count": "2"]
            repeat {
                let page = try await api.send(
                    .POST,
                    "/enrollments/query?\(Self.version)",
                    headers: headers,
                    body: query
                )
                let items = try #require(try JSONValue(parsing: page.body).array)
                #expect(items.count <= 2)
                found += items.compactMap { $0.object?["registrationId"]?.string }
                headers.remove(name: "x-ms-continuation")
                if let next = page.headers.first(name: "x-ms-continuation") {
                    headers.add(name: "x-ms-continuation", value: next)
                }
            } while headers.contains(name: "x-ms-continuation")
            #expect(found == ["a", "c", "d"])
        }
    }

    @Test("only the owner's policy may, and what cannot be is said")
    func refusals() async throws {
        try await APIFixture.run { api in
            for policy in ["service", "registryRead", "registryReadWrite", "device"] {
                let token = api.token(policy: policy)
                let target = "/enrollments/a?\(Self.version)"
                #expect(try await api.send(.GET, target, authorization: token).status == 401)
            }
            let wrong = try await api.send(.PUT, "/enrollments/a-?\(Self.version)", body: Self.keys)
            #expect((wrong.status, wrong.errorCode) == (400, "ArgumentInvalid"))
            let query = #"{"query":"SELECT * FROM enrollments WHERE a = "}"#
            #expect(try await api.send(.POST, "/enrollments/query?\(Self.version)", body: query).status == 400)
            #expect(try await api.send(.GET, "/registrations/a?\(Self.version)").errorCode == "RegistrationNotFound")
            #expect(try await api.send(.DELETE, "/registrations/a?\(Self.version)").status == 404)
            #expect(try await api.send(.POST, "/registrations/a/query?\(Self.version)").status == 404)
        }
    }
}
