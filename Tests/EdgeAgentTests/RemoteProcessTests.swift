import Foundation
import TestSupport
import Testing

@Suite("the built agent and its hub: twin, methods, health")
struct RemoteProcessTests {
    private let temporary: TemporaryFolder
    private let hub: TestHub
    private var folder: URL { self.temporary.url }

    init() throws {
        self.temporary = try TemporaryFolder()
        self.hub = try TestHub()
        self.hub.start()
    }

    private func run(_ extra: String = "", sensors: String = "{type: simulated, name: air}") throws -> AgentProcess {
        let text = """
            mqtt: {host: 127.0.0.1, port: \(self.hub.port), reconnectMaxSeconds: 1}
            tls: {enabled: false}
            sampling: {intervalMilliseconds: 100}
            stop: {waitSeconds: 2}
            sensors: [\(sensors)]
            \(extra)
            """
        try Data(text.utf8).write(to: self.folder.appendingPathComponent("agent.yaml"))
        return try AgentProcess(
            ["run", "--config", "agent.yaml", "--summary"],
            in: self.folder,
            environment: [
                "WEIR_AGENT_CONNECTION_STRING": "HostName=localhost;DeviceId=dev1;SharedAccessKey=YWJj"
            ]
        )
    }

    private func reports(_ keys: String..., value: String) async throws {
        try await eventually("\(keys) is \(value)") { self.reported(keys) == value }
    }

    private func reported(_ keys: [String]) -> String {
        var value: Any = self.hub.reported
        for key in keys { value = (value as? [String: Any])?[key] ?? "" }
        return "\(value)"
    }

    @Test("it reports version, board, sensors and settings, and takes what the twin desires")
    func twin() async throws {
        self.hub.desire(["channels": #"{"temperature":{"offset":1000}}"#], notifies: false)
        let agent = try self.run()
        try await self.reports("sensors", "air", "state", value: "working")
        #expect(self.hub.filters.count == 3)
        #expect(self.reported(["agent", "version"]) == "0.1.0")
        #expect(!self.reported(["board", "kernel"]).isEmpty)
        #expect(self.reported(["settings", "sensors", "air", "intervalMilliseconds"]) == "100")
        try await self.reports("settings", "channels", "temperature", "offset", value: "1000")
        try await eventually { self.hub.readings().contains { ($0["temperature"] as? Double ?? 0) > 900 } }
        self.hub.desire(["sensors": #"{"air":{"intervalMilliseconds":60000}}"#, "channels": nil])
        try await self.reports("settings", "sensors", "air", "intervalMilliseconds", value: "60000")
        #expect(await agent.logs("the desired properties of version 3 are in effect"))
        // The change itself is a sample; after it there is none for a minute.
        let answer = try #require(try await self.hub.call("readNow"))
        let values = (answer.json["sensors"] as? [String: Any])?["air"] as? [String: Any]
        #expect(answer.status == "200" && (values?["temperature"] as? Double ?? 1_000) < 100, "\(answer)")
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    @Test("a bad desired value is refused with the reason, and the last good one stays, also over reconnects")
    func refused() async throws {
        let agent = try self.run()
        self.hub.desire(["sensors": #"{"air":{"intervalMilliseconds":200}}"#])
        try await self.reports("settings", "sensors", "air", "intervalMilliseconds", value: "200")
        self.hub.desire(["sensors": #"{"air":{"intervalMilliseconds":-5}}"#, "logLevel": #""debug""#])
        try await self.reports("settings", "logLevel", value: "debug")
        #expect(self.reported(["settings", "sensors", "air", "intervalMilliseconds"]) == "200")
        func refusal() -> [String: Any]? {
            let refused = (self.hub.reported["desired"] as? [String: Any])?["refused"] as? [[String: Any]]
            return refused?.first
        }
        #expect(refusal()?["key"] as? String == "sensors.air.intervalMilliseconds")
        #expect((refusal()?["reason"] as? String)?.contains("is -5; expected a whole number from 100 to") == true)
        self.hub.drop()
        try await eventually { self.hub.connections >= 2 }
        self.hub.desire(["sensors": nil])
        try await self.reports("settings", "sensors", "air", "intervalMilliseconds", value: "100")
        try await eventually { refusal() == nil }
        #expect(await agent.logs("desired property sensors.air.intervalMilliseconds is -5"))
    }

    @Test("what was good is kept over a restart without any gateway")
    func keptSettings() async throws {
        let kept = "spool: {directory: state}"
        let first = try self.run(kept)
        self.hub.desire(["channels": #"{"temperature":{"offset":1000}}"#, "sensors": #"{"air":{"nonsense":1}}"#])
        try await self.reports("settings", "channels", "temperature", "offset", value: "1000")
        first.terminate()
        #expect(await first.exitStatus() == 0)
        self.hub.refuseTwin(with: 503)
        let count = self.hub.readings().count
        let second = try self.run(kept)
        try await eventually { self.hub.readings().count > count }
        #expect(self.hub.readings().last?["temperature"] as? Double ?? 0 > 900)
        second.terminate()
        #expect(await second.exitStatus() == 0)
    }

    @Test("methods: ping, readNow, getDiagnostics, setLogLevel, reinitSensor, and what is wrong with others")
    func methods() async throws {
        let agent = try self.run(
            sensors: "{type: simulated, name: air}, {type: sht3x, name: far, bus: /dev/i2c-weir, prefix: far_}"
        )
        try await self.reports("sensors", "far", "reason", value: "adapter_gone")
        let ping = try #require(try await self.hub.call("ping"))
        #expect(ping.status == "200" && ping.json["version"] as? String == "0.1.0")

        let all = try #require(try await self.hub.call("readNow", "{}"))
        let sensors = all.json["sensors"] as? [String: [String: Any]]
        #expect(all.status == "200" && sensors?["air"]?["humidity"] is Double)
        #expect((sensors?["far"]?["fault"] as? String)?.hasPrefix("adapter_gone: there is no /dev/i2c-weir") == true)
        let far = try #require(try await self.hub.call("readNow", #"{"sensor":"far"}"#))
        #expect(far.status == "503")
        let again = try #require(try await self.hub.call("reinitSensor", #"{"sensor":"air"}"#))
        #expect(again.status == "200")

        let level = try #require(try await self.hub.call("setLogLevel", #"{"level":"debug"}"#))
        #expect(level.json["before"] as? String == "info")
        try await self.reports("settings", "logLevel", value: "debug")

        let diagnostics = try #require(try await self.hub.call("getDiagnostics"))
        #expect((diagnostics.json["log"] as? [Any])?.isEmpty == false)
        #expect((diagnostics.json["health"] as? [String: Any])?["memoryBytes"] is Int)
        #expect((diagnostics.json["sensors"] as? [String: Any])?.count == 2)
        #expect(diagnostics.json["clockSteps"] as? Int == 0)
        #expect(((diagnostics.json["systemClockErrorMilliseconds"] as? Int) ?? .max).magnitude < 1_000)

        for (name, payload, status) in [
            ("reboot", "", "404"), ("readNow", #"{"sensor":"attic"}"#, "404"), ("setLogLevel", "{}", "400"),
            ("ping", "nonsense", "400"),
        ] {
            let answer = try #require(try await self.hub.call(name, payload))
            #expect(answer.status == status && answer.json["error"] is String, "\(name): \(answer)")
        }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    @Test("identify blinks the configured light and puts it back")
    func identify() async throws {
        let light = self.folder.appendingPathComponent("light")
        try FileManager.default.createDirectory(at: light, withIntermediateDirectories: true)
        func content(_ name: String) -> String {
            (try? String(contentsOf: light.appendingPathComponent(name), encoding: .utf8)) ?? ""
        }
        // A plain file keeps the end of what a shorter text is written over; the kernel's does not.
        try Data("[mmc0]".utf8).write(to: light.appendingPathComponent("trigger"))
        try Data("7".utf8).write(to: light.appendingPathComponent("brightness"))
        let agent = try self.run("identify: {light: \(light.path)}")
        #expect(await agent.logs("connected to"))
        try await eventually { self.hub.filters.count == 3 }
        let answer = try #require(try await self.hub.call("identify", #"{"seconds":1}"#))
        #expect(answer.status == "200", "\(answer)")
        try await eventually { content("trigger").hasPrefix("mmc0") }
        #expect(content("brightness") == "7")
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    @Test("restart answers, ends in order, and is the same process that starts again")
    func restart() async throws {
        let agent = try self.run()
        try await self.reports("sensors", "air", "state", value: "working")
        let answer = try #require(try await self.hub.call("restart"))
        #expect(answer.status == "200")
        #expect(await agent.logs("starts with 1 sensor", times: 2))
        try await eventually { self.hub.connections >= 2 && self.hub.filters.count == 3 }
        let ping = try #require(try await self.hub.call("ping"))
        #expect(ping.status == "200")
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        // Two summaries, and nothing lost between them.
        #expect(agent.outputText.components(separatedBy: #""dropped":0"#).count == 3, "\(agent.outputText)")
    }

    @Test("health is a message of its own kind, numbered with all others")
    func health() async throws {
        let agent = try self.run("health: {intervalSeconds: 1}")
        try await eventually { self.hub.readings(with: "&weir-type=health").count >= 2 }
        let health = self.hub.readings(with: "&weir-type=health")[0]["health"] as? [String: Any]
        #expect((health?["memoryBytes"] as? Int ?? 0) > 1_000_000)
        #expect(health?["waitingReadings"] is Int && health?["droppedReadings"] as? Int == 0)
        #expect(health?["clock"] is String && health?["sensorsFailing"] as? Int == 0)
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        var numbers: [Int] = []
        for message in self.hub.messages where message.topic.contains("&weir-seq=") {
            let rest = message.topic.components(separatedBy: "&weir-seq=")[1].components(separatedBy: "&")
            let count = rest[1].replacingOccurrences(of: "weir-count=", with: "")
            numbers += (0..<(Int(count) ?? 0)).map { (Int(rest[0]) ?? 0) + $0 }
        }
        #expect(Set(numbers) == Set(0..<numbers.count), "every number once: \(numbers)")
    }

    @Test("report on change: a dead band keeps quiet, and what is asked for comes all the same")
    func deadBand() async throws {
        let agent = try self.run(
            sensors: """
                {type: simulated, name: air, channels: {temperature: {deadBand: 1000}, humidity: {deadBand: 1000}}}
                """
        )
        try await self.reports("sensors", "air", "state", value: "working")
        try await eventually { self.hub.readings().count == 1 }
        _ = try #require(try await self.hub.call("readNow"))
        try await eventually { self.hub.readings().count == 2 }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(self.hub.readings().count == 2)
    }
}
