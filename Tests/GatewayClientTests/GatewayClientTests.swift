import FoundationEssentials
import GatewayClient
import NIOCore
import NIOPosix
import Testing

@Suite("The typed client and what it makes of answers")
struct GatewayClientTests {
    private static func client(port: Int) throws(GatewayClientError) -> GatewayClient {
        GatewayClient(
            connection: try GatewayConnection(
                address: "127.0.0.1:\(port)",
                hubName: "h",
                policy: "service",
                key: "MDEyMzQ1Njc4OWFiY2RlZg==",
                origin: "the test"
            )
        )
    }

    private static func answer(_ status: String, _ body: String, headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nConnection: close\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("nobody listening is a sentence that names the address and how to start")
    func notRunning() async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await listener.close()
        await #expect(throws: GatewayClientError.notRunning(address: "127.0.0.1:\(port)")) {
            try await Self.client(port: port).topics()
        }
        let sentence = GatewayClientError.notRunning(address: "127.0.0.1:\(port)").description
        #expect(sentence == "no gateway is running at 127.0.0.1:\(port): start it with `weir serve`")
    }

    @Test("a host name nobody knows is unreachable")
    func unknownHost() async throws {
        let connection = try GatewayConnection(
            address: "no-such-host.invalid:8080",
            hubName: "h",
            policy: "p",
            key: "AAAA",
            origin: "o"
        )
        do throws(GatewayClientError) {
            _ = try await GatewayClient(connection: connection).topics()
            Issue.record("reached")
        } catch {
            #expect(error.description.hasPrefix("no-such-host.invalid:8080 cannot be reached"), "\(error)")
            #expect(error.isRetryable)
        }
    }

    /// An answer on the wire and the error it must become.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: String
        var words: [String]
        var isRetryable: Bool

        var testDescription: String { self.name }
    }

    private static let errorBody =
        #"{"Message":"ErrorCode:X;the device d exists already","ExceptionMessage":"Tracking ID:1"}"#

    @Test(
        "every answer that is not a success is an error with the gateway's own words",
        arguments: [
            Refusal(
                name: "409",
                bytes: answer("409 Conflict", errorBody, headers: "iothub-errorcode: DeviceAlreadyExists\r\n"),
                words: ["the device d exists already", "409 DeviceAlreadyExists"],
                isRetryable: false
            ),
            Refusal(
                name: "401",
                bytes: answer("401 Unauthorized", errorBody),
                words: ["refused the credentials of the test", "127.0.0.1"],
                isRetryable: false
            ),
            Refusal(name: "429", bytes: answer("429 Too Many Requests", ""), words: ["429"], isRetryable: true),
            Refusal(name: "503", bytes: answer("503 Service Unavailable", "oh"), words: ["503"], isRetryable: true),
            Refusal(name: "redirect", bytes: answer("302 Found", ""), words: ["302"], isRetryable: false),
            Refusal(
                name: "not JSON",
                bytes: answer("200 OK", "<html>"),
                words: ["like a Weir gateway"],
                isRetryable: false
            ),
            Refusal(
                name: "other JSON",
                bytes: answer("200 OK", "[{}]"),
                words: ["like a Weir gateway"],
                isRetryable: false
            ),
            Refusal(name: "not HTTP", bytes: "SSH-2.0-OpenSSH_9.2\r\n\r\n", words: ["127.0.0.1"], isRetryable: false),
            Refusal(name: "cut head", bytes: "HTTP/1.1 200 OK\r\nCont", words: ["127.0.0.1"], isRetryable: true),
            Refusal(
                name: "cut body",
                bytes: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[",
                words: ["closed the connection"],
                isRetryable: true
            ),
        ]
    )
    func refusals(refusal: Refusal) async throws {
        let server = try await CannedServer(answering: refusal.bytes)
        do throws(GatewayClientError) {
            _ = try await Self.client(port: server.port).topics()
            Issue.record("taken as a success")
        } catch {
            for words in refusal.words { #expect(error.description.contains(words), "\(error)") }
            #expect(error.isRetryable == refusal.isRetryable, "\(error)")
        }
        try await server.close()
    }

    @Test("records come line by line, however the answer is cut")
    func lines() async throws {
        let server = try await CannedServer(
            answering: """
                HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                4\r\n{"a"\r\n5\r\n:1}\n{\r\n1\r\n}\r\n2\r\n\n\n\r\n9\r\n\n{}\n"é"\n\r\n0\r\n\r\n
                """
        )
        var lines = [String]()
        for try await line in try await Self.client(port: server.port).records(of: "t") {
            lines.append(String(buffer: line))
        }
        #expect(lines == [#"{"a":1}"#, "{}", "{}", "\"é\""])
        try await server.close()
    }

    @Test(
        "a stream that is cut off in a line or before its end is an error, not an end",
        arguments: ["3\r\n{}\n\r\n", "3\r\n{}\n\r\n1\r\n{\r\n0\r\n\r\n"]
    )
    func cutStream(chunks: String) async throws {
        let server = try await CannedServer(
            answering: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)"
        )
        var seen = 0
        do throws(GatewayClientError) {
            for try await _ in try await Self.client(port: server.port).records(of: "t") { seen += 1 }
            Issue.record("the end of a cut stream looked clean")
        } catch {
            #expect(error == .connectionLost(address: "127.0.0.1:\(server.port)"), "\(error)")
        }
        #expect(seen == 1)
        try await server.close()
    }

    @Test("requests carry method, encoded path, query, version and a token")
    func requests() async throws {
        let server = try await CannedServer(answering: Self.answer("200 OK", "[]\n"))
        let client = try Self.client(port: server.port)
        _ = try await client.topics(hidden: true)
        _ = try? await client.device("a:b#c?d%")
        _ = try await client.devices(after: "x y", limit: 7)
        for try await _ in try await client.records(
            of: "_mqtt",
            .init(from: "2026-11-21T04:33:00+01:00", to: "9", device: "d/m", partition: 3, max: 5, follow: true)
        ) {}
        let lines = server.requests.map { String($0.prefix { $0 != "\r\n" }) }
        #expect(
            lines == [
                "GET /topics?hidden=true&api-version=2021-04-12 HTTP/1.1",
                "GET /devices/a%3Ab%23c%3Fd%25?api-version=2021-04-12 HTTP/1.1",
                "GET /devices?top=7&after=x%20y&api-version=2021-04-12 HTTP/1.1",
                """
                GET /topics/_mqtt/records?from=2026-11-21T04%3A33%3A00%2B01%3A00&to=9&device=d%2Fm&partition=3&max=5\
                &follow=true&hidden=true&api-version=2021-04-12 HTTP/1.1
                """,
            ]
        )
        #expect(
            server.requests.allSatisfy { $0.lowercased().contains("authorization: sharedaccesssignature sr=h&sig=") }
        )
        try await server.close()
    }

    @Test("failures of a bulk request name the place in what was given, the later one of a repeated id")
    func bulk() async throws {
        let body = """
            {"isSuccessful":false,"errors":[{"deviceId":"b","errorCode":"DeviceAlreadyExists","errorStatus":"exists"},
            {"deviceId":"a","errorCode":"ArgumentInvalid","errorStatus":"odd"}],"warnings":[]}
            """
        let server = try await CannedServer(answering: Self.answer("400 Bad Request", body))
        var progress = [Int]()
        let failures = try await Self.client(port: server.port).createDevices(
            ["a", "b", "b"].map { NewDevice(id: $0) },
            progress: { progress.append($0) }
        )
        #expect(failures.map(\.index) == [0, 2])
        #expect(failures.map(\.code) == ["ArgumentInvalid", "DeviceAlreadyExists"])
        #expect(failures.map(\.message) == ["odd", "exists"])
        #expect(progress == [3])
        try await server.close()
    }

    @Test("devices are sent 100 to a request", arguments: [(0, 0), (1, 1), (100, 1), (101, 2), (950, 10)])
    func chunks(count: Int, requests: Int) async throws {
        let body = #"{"isSuccessful":true,"errors":[],"warnings":[]}"#
        let server = try await CannedServer(answering: Self.answer("200 OK", body))
        var done = 0
        let failures = try await Self.client(port: server.port).createDevices(
            (0..<count).lazy.map { NewDevice(id: "d\($0)") },
            progress: { done = $0 }
        )
        #expect(failures.isEmpty)
        #expect(done == count)
        #expect(server.requests.count == requests)
        try await server.close()
    }
}
