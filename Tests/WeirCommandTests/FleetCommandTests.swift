import DeviceRegistry
import FoundationEssentials
import HubProtocol
import TelemetryJSON
import Testing

/// Commands of the fleet against a real API, registry and hub; no device is connected.
@Suite("weir twin, method, message, device query and export")
struct FleetCommandTests {
    @Test("a module is made, listed, shown and deleted by device/module")
    func module() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "dev1")
            let created = await gateway.weir("device", "create", "dev1/mod1", "--managed-by", "me")
            #expect(created.status == 0, "\(created.error)")
            let string = try ConnectionString(parsing: created.lines[0])
            #expect(string.deviceID == "dev1")
            #expect(string.moduleID == "mod1")
            let shown = await gateway.weir("device", "show", "dev1/mod1")
            #expect(shown.lines.first == "module         dev1/mod1", "\(shown)")
            #expect(shown.output.contains("managed by     me"))
            #expect(await gateway.weir("device", "list", "--modules", "dev1", "--json").lines.count == 1)
            #expect(await gateway.weir("device", "delete", "dev1/mod1").status == 0)
            #expect(
                await gateway.weir("device", "list", "--modules", "dev1").error.contains("weir device create dev1/NAME")
            )
        }
    }

    @Test("an update of a twin is shown, found, remembered, and refused with a stale etag", .timeLimit(.minutes(1)))
    func twin() async throws {
        try await GatewayFixture.run(hubSharesLog: true) { gateway in
            _ = await gateway.weir("device", "create", "dev1", "dev2")
            let updated = await gateway.weir(
                "twin",
                "update",
                "dev1",
                "--tags",
                "site=north",
                "--desired",
                "interval=5",
                "--json"
            )
            #expect(updated.status == 0, "\(updated.error)")
            let twin = try #require(try JSONValue(parsing: updated.output).object)
            #expect(twin["tags"]?.description == #"{"site":"north"}"#)
            let shown = await gateway.weir("twin", "show", "dev1")
            #expect(shown.output.contains("interval"), "\(shown)")
            let found = await gateway.weir("device", "query", "SELECT deviceId FROM devices WHERE tags.site = 'north'")
            #expect(found.output == "deviceId\ndev1\n", "\(found)")
            _ = await gateway.weir("events", "tail", "twin-changes", "--from", "earliest", "--max", "1")
            let history = await gateway.weir("twin", "history", "dev1")
            #expect(history.lines.count == 1, "\(history)")
            #expect(history.output.contains(#"tags.site: none → "north"; desired.interval: none → 5"#), "\(history)")
            #expect(history.output.contains("iothubowner"))
            #expect(await gateway.weir("twin", "history", "dev2").error.contains("no changes of dev2"))
            let stale = await gateway.weir("twin", "update", "dev1", "--tags", "site=south", "--etag", "AAAAAAAAAAA=")
            #expect(stale.status == 1)
            #expect(stale.error.contains("read it again"), "\(stale.error)")
            let none = await gateway.weir("device", "query", "SELECT * FROM devices WHERE tags.site = 'south'")
            #expect(none.error == "no rows\n")
            #expect(await gateway.weir("device", "query", "SELECT").status == 1)
        }
    }

    @Test("a method of a device that is away says how to see it and how to wait")
    func method() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "dev1")
            let outcome = await gateway.weir("method", "call", "dev1", "reboot")
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty)
            #expect(outcome.error.contains("weir device show"), "\(outcome.error)")
            #expect(outcome.error.contains("--connect-timeout"))
            #expect(outcome.error.filter { $0 == "\n" }.count == 1)
        }
    }

    @Test("messages wait for a device that is away until they are purged")
    func messages() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "dev1")
            let sent = await gateway.weir(
                "message",
                "send",
                "dev1",
                "hello",
                "--message-id",
                "m1",
                "--ack",
                "full",
                "--property",
                "a=b",
                "--expires",
                "10min"
            )
            #expect(sent.status == 0, "\(sent.error)")
            #expect(sent.output == "m1\n")
            #expect(await gateway.weir("message", "purge", "dev1").output == "dev1: 1 message removed\n")
            #expect(await gateway.weir("message", "purge", "dev1").output == "dev1: 0 messages removed\n")
            let feedback = await gateway.weir("message", "feedback")  // still being gathered
            #expect(feedback.status == 0)
            #expect(feedback.output.isEmpty)
            #expect(feedback.error.contains("no feedback"), "\(feedback)")
            #expect(await gateway.weir("message", "send", "nobody", "x").status == 1)
        }
    }

    @Test("what export writes import makes anew in an empty gateway, passwords included: exported again it is equal")
    func roundTrip() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "a", "b", "c")
            _ = await gateway.weir("device", "create", "b/m", "b/n")
            _ = await gateway.weir("device", "update", "c", "--disable", "--reason", "spare")
            _ = await gateway.weir("twin", "update", "a", "--tags", "site=north", "--desired", "x.y=1.5")
            _ = await gateway.weir("twin", "update", "b/m", "--desired", "on=true")
            try gateway.report("b/m", #"{"fw":"1.0"}"#)
            try gateway.setPassword(of: "b", "a long password")
            let file = gateway.folder + "/export.jsonl"
            let exported = await gateway.weir("device", "export", file)
            #expect(exported.status == 0, "\(exported.error)")
            #expect(exported.error == "exported 3 devices, 2 modules\n")
            let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
            #expect(text.contains("$scrypt$") && text.contains(#""reported":{"fw":"1.0"}"#))
            #expect(await gateway.weir("device", "export").output == text)
            #expect(await gateway.weir("device", "export", file).error.contains("exists already"))

            try await GatewayFixture.run { other in
                let imported = await other.weir("device", "import", file)
                #expect(imported.output == "imported 5 devices, 0 failed\n", "\(imported)")
                #expect(await other.weir("device", "export").output == text)
                let (again, first) = (try other.stored("b"), try gateway.stored("b"))
                #expect(again.access == first.access)
            }
        }
    }

    @Test("a line whose twin is none is named", arguments: [#""tags":7"#, #""properties":{"desired":[]}"#])
    func badTwin(member: String) async throws {
        try await GatewayFixture.run { gateway in
            let file = gateway.folder + "/bad.jsonl"
            try Data("{\"deviceId\":\"a\",\(member)}\n".utf8).write(to: URL(filePath: file))
            let outcome = await gateway.weir("device", "import", file)
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("is not a JSON object"), "\(outcome.error)")
        }
    }
}
