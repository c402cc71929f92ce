import FoundationEssentials
import GatewayClient
import HubProtocol
import TelemetryModel
import Testing

@Suite("How a command finds the gateway, DESIGN section 6")
struct GatewayConnectionTests {
    private static let key = Data("0123456789abcdef".utf8).base64EncodedString()

    /// Runs `body` with a new folder that holds these files.
    private static func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "weir-data-\(UInt64.random(in: 0 ... .max))"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        try body(folder.path)
    }

    private static let credentials = """
        {"policies":[{"name":"iothubowner","permissions":["RegistryRead"],"primaryKey":"\(key)","secondaryKey":"\(key)"},
        {"name":"service","permissions":["ServiceConnect"],"primaryKey":"\(key)","secondaryKey":"\(key)"}]}
        """

    private static func endpoints(http: String?, names: [String] = ["gw.example.org", "localhost"]) -> String {
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        return "{\(http.map { "\"http\":\"\($0)\"," } ?? "")\"hubNames\":[\(list)]}"
    }

    @Test(
        "the API's address comes from endpoints.json; one that listens everywhere is reached on loopback",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1:8080"), ("0.0.0.0:18080", "127.0.0.1:18080"), ("[::]:80", "[::1]:80"),
            ("[::1]:80", "[::1]:80"), ("10.0.0.7:8080", "10.0.0.7:8080"),
        ]
    )
    func address(bound: String, expected: String) throws {
        let files = ["endpoints.json": Self.endpoints(http: bound), "credentials.json": Self.credentials]
        try Self.withFolder(files) { folder in
            let connection = try GatewayConnection.resolve(data: folder, environment: [:])
            #expect(connection.address == expected)
            #expect(connection.hubName == "gw.example.org")
            #expect(connection.policy == "iothubowner")
        }
    }

    @Test(
        "a connection string names host and port; without a port it is 8080",
        arguments: [
            ("gw.example.org", "gw.example.org:8080", "gw.example.org"),
            ("localhost:9443", "localhost:9443", "localhost"), ("[::1]:80", "[::1]:80", "[::1]"),
            ("10.0.0.7", "10.0.0.7:8080", "10.0.0.7"),
        ]
    )
    func connectionString(host: String, address: String, deviceHost: String) throws {
        let text = "HostName=\(host);SharedAccessKeyName=service;SharedAccessKey=\(Self.key)"
        let connection = try GatewayConnection.resolve(data: nil, environment: ["WEIR_CONNECTION_STRING": text])
        #expect(connection.address == address)
        #expect(connection.hubName == host)
        #expect(connection.deviceHostName == deviceHost)
        #expect(connection.policy == "service")
        let token = try SASToken(parsing: connection.authorization(expiry: Timestamp(seconds: 1_800_000_000)))
        #expect(token.resource == host)
        #expect(token.policy == "service")
        #expect(token.isSigned(withAnyOf: [Self.key]))
    }

    @Test("--data goes before the environment, the environment before ./weir-data")
    func precedence() throws {
        let text = "HostName=env.example.org;SharedAccessKeyName=service;SharedAccessKey=\(Self.key)"
        let environment = ["WEIR_CONNECTION_STRING": text]
        let files = ["endpoints.json": Self.endpoints(http: "127.0.0.1:1"), "credentials.json": Self.credentials]
        try Self.withFolder(files) { folder in
            let connection = try GatewayConnection.resolve(data: folder, environment: environment)
            #expect(connection.address == "127.0.0.1:1")
        }
        #expect(try GatewayConnection.resolve(data: nil, environment: environment).address == "env.example.org:8080")
        #expect(throws: GatewayClientError.self) {
            try GatewayConnection.resolve(data: nil, environment: ["WEIR_CONNECTION_STRING": ""])
        }
    }

    @Test("what is missing or wrong in the folder is a sentence that says what to do")
    func folderFaults() throws {
        let good = Self.endpoints(http: "127.0.0.1:1")
        let cases: [([String: String], [String])] = [
            ([:], ["no endpoints.json in", "weir serve --data"]),
            (["endpoints.json": good], ["no credentials.json in", "weir serve --data"]),
            (["endpoints.json": "{"], ["endpoints.json", "not JSON"]),
            (["endpoints.json": "{}"], ["endpoints.json", "hubNames"]),
            (["endpoints.json": #"{"hubNames":"x"}"#], ["hubNames", "wrong type"]),
            (["endpoints.json": Self.endpoints(http: nil)], ["no HTTP API", "http.port"]),
            (["endpoints.json": Self.endpoints(http: "h:1", names: [])], ["names no hub"]),
            (["endpoints.json": good, "credentials.json": #"{"policies":[]}"#], ["no policy “iothubowner”"]),
            (
                ["endpoints.json": good, "credentials.json": Self.credentials.replacing(Self.key, with: "?")],
                ["not base64"]
            ),
        ]
        for (files, words) in cases {
            try Self.withFolder(files) { folder in
                do throws(GatewayClientError) {
                    _ = try GatewayConnection.resolve(data: folder, environment: [:])
                    Issue.record("taken: \(files)")
                } catch {
                    for word in words { #expect(error.description.contains(word), "\(error)") }
                }
            }
        }
    }

    @Test(
        "a wrong connection string is a sentence that says what to do",
        arguments: [
            ("nonsense", "name=value"), ("SharedAccessKeyName=a;SharedAccessKey=b", "no HostName"),
            ("HostName=h;DeviceId=d;SharedAccessKey=AAAA", "weir hub connection-string"),
            ("HostName=h;SharedAccessKeyName=p;SharedAccessKey=?", "not base64"),
        ]
    )
    func stringFaults(text: String, words: String) {
        do throws(GatewayClientError) {
            _ = try GatewayConnection.resolve(data: nil, environment: ["WEIR_CONNECTION_STRING": text])
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test(
        "the printed service connection string leads back to the same API",
        arguments: [
            ("127.0.0.1:8080", "localhost"), ("127.0.0.1:18080", "localhost:18080"), ("0.0.0.0:8080", "gw.example.org"),
            ("0.0.0.0:18080", "gw.example.org:18080"), ("10.0.0.7:8080", "gw.example.org"), (nil, "gw.example.org"),
        ] as [(String?, String)]
    )
    func printed(http: String?, host: String) throws {
        let files = ["endpoints.json": Self.endpoints(http: http), "credentials.json": Self.credentials]
        try Self.withFolder(files) { path in
            let string = try GatewayConnection.connectionString(of: GatewayFolder(path), policy: "service")
            #expect(string.description == "HostName=\(host);SharedAccessKeyName=service;SharedAccessKey=\(Self.key)")
        }
    }

    @Test("a gateway that is off still has its connection strings")
    func offline() throws {
        try Self.withFolder(["credentials.json": Self.credentials]) { path in
            let folder = GatewayFolder(path)
            let string = try GatewayConnection.connectionString(of: folder, policy: "service", host: "h")
            #expect(string.hostName == "h")
            #expect(try GatewayConnection.connectionString(of: folder, policy: "service").hostName == "localhost")
            #expect(throws: GatewayClientError.self) {
                try GatewayConnection.connectionString(of: folder, policy: "servise", host: "h")
            }
        }
    }
}
