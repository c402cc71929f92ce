import EventLog
import Testing

@Suite("weir events, alerts, topic and hub")
struct LogCommandTests {
    private static func append(_ gateway: GatewayFixture, _ topic: String, _ records: [(String, String)]) async throws {
        for (device, value) in records {
            let record = NewRecord(
                key: Array(device.utf8),
                value: Array(value.utf8),
                headers: [RecordHeader(name: "iothub-connection-device-id", value: Array(device.utf8))]
            )
            _ = try await gateway.log.openTopic(topic).append([record])
        }
    }

    @Test("read prints time, device and body; with --json the gateway's lines")
    func read() async throws {
        try await GatewayFixture.run { gateway in
            let records = [("a", #"{ "t": 21.5 }"#), ("b", "plain\u{1B}[2J text"), ("a", "[1,2]")]
            try await Self.append(gateway, "telemetry", records)
            let plain = await gateway.weir("events", "read")
            #expect(plain.status == 0, "\(plain.error)")
            #expect(
                plain.lines.map { $0.split(separator: "  ").dropFirst().joined(separator: "  ") } == [
                    #"a  {"t":21.5}"#, "b  plain␛[2J text", "a  [1,2]",
                ]
            )
            let json = await gateway.weir("events", "read", "telemetry", "--json", "--device", "a", "--max", "1")
            #expect(json.lines.count == 1)
            #expect(json.output.contains(#""body":{"t":21.5}}"#))
        }
    }

    @Test("tail shows what comes and ends with --max")
    func tail() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.append(gateway, "telemetry", [("a", "1")])
            async let tail = gateway.weir("events", "tail", "--from", "earliest", "--max", "3")
            try await Self.append(gateway, "telemetry", [("b", "2"), ("c", "3")])
            let outcome = await tail
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.lines.map { $0.last } == ["1", "2", "3"])
        }
    }

    @Test("a reader that goes away ends the command quietly")
    func readerGone() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.append(gateway, "telemetry", [("a", "1"), ("a", "2")])
            let outcome = await GatewayFixture.weir(
                ["events", "tail", "--from", "earliest", "--data", gateway.folder],
                readsLines: 1
            )
            #expect(outcome.status == 0)
            #expect(outcome.error.isEmpty)
        }
    }

    private static let alert = """
        {"id":"x","device":"mote-1","channel":"temperature","detector":"spike","severity":"critical","state":"open",\
        "time":"2026-11-21T04:33:00.000Z","value":122.1,"expected":{"low":18.0,"high":24.5},"score":0.98,\
        "message":"temperature 122.1 is outside 18.0 to 24.5"}
        """

    @Test("alerts are one line each; with --json the alert itself")
    func alerts() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.append(gateway, "alerts", [("mote-1", Self.alert), ("mote-2", "odd")])
            let plain = await gateway.weir("alerts")
            #expect(
                plain.lines.first
                    == "2026-11-21T04:33:00.000Z  critical  mote-1 temperature  temperature 122.1 is outside 18.0 to 24.5  (open)"
            )
            #expect(plain.lines.last?.hasSuffix("mote-2  odd") == true)
            let json = await gateway.weir("alerts", "--json", "--device", "mote-1")
            #expect(json.output == Self.alert + "\n")
        }
    }

    @Test("topics are a table, JSON lines with --json")
    func topics() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.append(gateway, "telemetry", [("a", "1"), ("a", "2")])
            _ = try gateway.log.openTopic("_clock", partitions: 1)
            let table = await gateway.weir("topic", "list").lines
            #expect(table[0] == "TOPIC      PARTITIONS  RECORDS   SIZE  STATUS")
            #expect(table[1].hasPrefix("telemetry           4        2  "), "\(table)")
            #expect(table[1].hasSuffix("  open"))
            #expect(table.count == 2)
            #expect(await gateway.weir("topic", "list", "--all", "--json").lines.count == 2)
        }
    }

    @Test("status says how the gateway is")
    func status() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "a")
            let outcome = await gateway.weir("hub", "status")
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.lines[0].hasPrefix("weir 9.9 at 127.0.0.1:\(gateway.port): ok, up "), "\(outcome.output)")
            #expect(outcome.output.contains("devices  1 (0 disabled), 1 connected"))
            #expect(await gateway.weir("hub", "status", "--json").output.contains(#""version":"9.9""#))
        }
    }

    @Test("the printed connection string works in WEIR_CONNECTION_STRING")
    func connectionString() async throws {
        try await GatewayFixture.run { gateway in
            let string = await gateway.weir("hub", "connection-string", "--policy", "service").lines[0]
            #expect(string.hasPrefix("HostName=localhost:\(gateway.port);SharedAccessKeyName=service;SharedAccessKey="))
            let environment = ["WEIR_CONNECTION_STRING": string]
            let list = await GatewayFixture.weir(["topic", "list"], environment: environment)
            #expect(list.status == 0, "\(list.error)")
            let refused = await GatewayFixture.weir(["device", "list"], environment: environment)
            #expect(refused.status == 1)
            #expect(refused.error.contains("the policy lacks the permission RegistryRead"), "\(refused.error)")
            #expect(refused.error.contains("WEIR_CONNECTION_STRING"))
            let same = await GatewayFixture.weir(["hub", "connection-string"], environment: environment)
            #expect(same.lines == [string])
            let other = await GatewayFixture.weir(["device", "token", "--policy", "device"], environment: environment)
            #expect(other.status == 1)
            #expect(other.error.contains("has the key of policy service only"), "\(other.error)")
        }
    }
}
