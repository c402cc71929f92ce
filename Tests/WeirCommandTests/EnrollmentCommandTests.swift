import FoundationEssentials
import HubProtocol
import TelemetryJSON
import Testing

@testable import weir

@Suite("weir enrollment")
struct EnrollmentCommandTests {
    @Test("a group is made, listed, shown with its keys, gives a board its key, and is deleted")
    func group() async throws {
        try await GatewayFixture.run { gateway in
            #expect(await gateway.weir("enrollment", "list").error.contains("weir enrollment create"))
            let made = await gateway.weir("enrollment", "create", "fleet")
            #expect(made.status == 0)
            #expect(made.error.contains("id scope weir"))
            #expect(await gateway.weir("enrollment", "create", "fleet").error.contains("exists already"))
            let table = await gateway.weir("enrollment", "list")
            #expect(table.output.contains("fleet"))
            #expect(table.output.contains("group"))
            #expect(await gateway.weir("enrollment", "list", "--json").lines.count == 1)
            let shown = await gateway.weir("enrollment", "show", "fleet", "--keys", "--json")
            let attestation = try JSONValue(parsing: shown.output).object?["attestation"]?.object
            let groupKey = try #require(attestation?["symmetricKey"]?.object?["primaryKey"]?.string)
            let key = await gateway.weir("enrollment", "show", "fleet", "--key-for", "sensor-7")
            #expect(key.output == "\(RegistrationID("sensor-7")?.deviceKey(ofGroup: groupKey) ?? "")\n")
            #expect(await gateway.weir("enrollment", "show", "fleet", "--key-for", "a/b").status == 1)
            #expect(!(await gateway.weir("enrollment", "show", "fleet").output.contains(groupKey)))
            #expect(await gateway.weir("enrollment", "delete", "fleet").status == 0)
            #expect(await gateway.weir("enrollment", "show", "fleet").error.contains("there is no group enrollment"))
        }
    }

    @Test("one board has its own, with a device id and an initial twin")
    func individual() async throws {
        try await GatewayFixture.run { gateway in
            let twin = "\(gateway.folder)/twin.json"
            try Data(#"{"tags":{"site":"north"}}"#.utf8).write(to: URL(filePath: twin))
            let made = await gateway.weir(
                "enrollment",
                "create",
                "board-1",
                "--individual",
                "--device-id",
                "dev1",
                "--initial-twin",
                twin,
                "--disabled",
                "--json"
            )
            let document = try JSONValue(parsing: made.output).object
            #expect(document?["deviceId"] == .string("dev1"))
            #expect(document?["provisioningStatus"] == .string("disabled"))
            #expect(document?["initialTwin"]?.object?["tags"] == .object(["site": .string("north")]))
            #expect(await gateway.weir("enrollment", "create", "x", "--device-id", "dev1").status == 2)
            #expect(await gateway.weir("enrollment", "show", "board-1", "--individual").output.contains("disabled"))
            #expect(await gateway.weir("enrollment", "show", "board-1").status == 1)
        }
    }
}
