import DeviceRegistry
import FoundationEssentials
import HubProtocol
import TelemetryModel
import Testing

@Suite("weir device")
struct DeviceCommandTests {
    @Test("create prints the connection string of every device, and nothing else")
    func create() async throws {
        try await GatewayFixture.run { gateway in
            let outcome = await gateway.weir("device", "create", "d-1", "a:b#c?d%")
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.lines.count == 2)
            for (line, id) in zip(outcome.lines, ["d-1", "a:b#c?d%"]) {
                let string = try ConnectionString(parsing: line)
                #expect(string.hostName == "gw.example.org")
                #expect(string.deviceID == id)
                let stored = try gateway.stored(id)
                #expect(string.sharedAccessKey == stored.primaryKey)
            }
        }
    }

    @Test("create takes keys, status and host name; with --json it prints the identity too")
    func createOptions() async throws {
        try await GatewayFixture.run { gateway in
            let key = Data(repeating: 9, count: 32).base64EncodedString()
            let outcome = await gateway.weir(
                "device",
                "create",
                "d",
                "--primary-key",
                key,
                "--disabled",
                "--host",
                "edge.local",
                "--json"
            )
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(
                outcome.output.contains(
                    "\"connectionString\":\"HostName=edge.local;DeviceId=d;SharedAccessKey=\(key)\""
                )
            )
            #expect(outcome.output.contains(#""status":"disabled""#))
            let stored = try gateway.stored("d")
            #expect(stored.primaryKey == key)
            #expect(stored.status == .disabled)
        }
    }

    @Test(
        "what cannot be done is exit status 1 and one sentence",
        arguments: [
            (["device", "create", "twice"], "the device twice exists already"),
            (["device", "create", "not allowed"], "is not allowed"),
            (["device", "show", "nobody"], "there is no device nobody"),
            (["device", "delete", "nobody"], "there is no device nobody"),
            (["device", "token", "nobody"], "there is no device nobody"),
            (["device", "token", "--policy", "servise"], "did you mean “service”"),
            (["device", "import", "/no/such/file"], "/no/such/file cannot be opened: No such file or directory"),
            (["events", "read", "telemetri"], "there is no topic"),
        ]
    )
    func failures(arguments: [String], words: String) async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "twice")
            let outcome = await GatewayFixture.weir(arguments + ["--data", gateway.folder])
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty)
            #expect(outcome.error.hasPrefix("weir: "), "\(outcome.error)")
            #expect(outcome.error.contains(words), "\(outcome.error)")
            #expect(outcome.error.filter { $0 == "\n" }.count == 1)
        }
    }

    @Test("list shows a table, JSON lines with --json, and pages")
    func list() async throws {
        try await GatewayFixture.run { gateway in
            #expect(await gateway.weir("device", "list").error.contains("weir device create"))
            _ = await gateway.weir("device", "create", "online", "b")
            _ = await gateway.weir("device", "create", "c", "--disabled")
            let table = await gateway.weir("device", "list")
            #expect(
                table.output == """
                    DEVICE  STATUS    CONNECTION    REASON
                    b       enabled   disconnected
                    c       disabled  disconnected
                    online  enabled   connected

                    """,
                "\(table.output)"
            )
            let lines = await gateway.weir("device", "list", "--json", "--after", "b", "--max", "1").lines
            #expect(lines.count == 1)
            #expect(lines[0].contains(#""deviceId":"c""#))
        }
    }

    @Test("show prints the keys, delete removes")
    func showAndDelete() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "d")
            let stored = try gateway.stored("d")
            let shown = await gateway.weir("device", "show", "d")
            #expect(shown.output.contains("primary key    \(stored.primaryKey)"), "\(shown.output)")
            #expect(await gateway.weir("device", "show", "d", "--json").output.contains(stored.secondaryKey))
            #expect(await gateway.weir("device", "delete", "d").status == 0)
            #expect(try gateway.identities.deviceCounts().total == 0)
        }
    }

    @Test("token signs with the device's key for the time asked")
    func token() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "a:b")
            let stored = try gateway.stored("a:b")
            let outcome = await gateway.weir("device", "token", "a:b", "--ttl", "60")
            let token = try SASToken(parsing: outcome.lines[0])
            #expect(token.resource == "gw.example.org/devices/a:b")
            #expect(token.policy == nil)
            #expect(token.isSigned(withAnyOf: [stored.primaryKey]))
            let left = token.expiry.milliseconds - Int64(Date.now.timeIntervalSince1970 * 1_000)
            #expect((50_000...60_000).contains(left))
        }
    }

    @Test("token --policy needs no ID and no running gateway")
    func policyToken() async throws {
        try await GatewayFixture.run { gateway in
            let policy = try #require(gateway.policies.first { $0.name == "device" })
            let token = try SASToken(parsing: await gateway.weir("device", "token", "--policy", "device").lines[0])
            #expect(token.resource == "localhost")
            #expect(token.policy == "device")
            #expect(token.isSigned(withAnyOf: [policy.primaryKey]))
            let one = try SASToken(parsing: await gateway.weir("device", "token", "d", "--policy", "device").lines[0])
            #expect(one.resource == "localhost/devices/d")
        }
    }
}
