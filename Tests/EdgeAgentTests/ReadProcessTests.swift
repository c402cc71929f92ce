import Foundation
import TestSupport
import Testing

@Suite("weir-agent read and scan, without a gateway")
struct ReadProcessTests {
    private let temporary: TemporaryFolder
    private var folder: URL { self.temporary.url }

    init() throws {
        self.temporary = try TemporaryFolder()
    }

    private func start(_ arguments: [String], sensors: String = "[]") throws -> AgentProcess {
        try Data("sampling: {intervalMilliseconds: 100}\nsensors: \(sensors)\n".utf8)
            .write(to: self.folder.appendingPathComponent("agent.yaml"))
        return try AgentProcess(arguments, in: self.folder)
    }

    private static let air = "{type: simulated, name: air, prefix: air_}"

    @Test("one look is a row per channel, dew point included; a sensor without a value says why, and the status is 1")
    func once() async throws {
        let moist = "{type: simulated, name: air, prefix: air_, dewPoint: true}"
        let good = try self.start(["read", "--config", "agent.yaml"], sensors: "[\(moist)]")
        #expect(await good.exitStatus() == 0)
        let rows = good.outputText.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.map(\.first) == ["sensor", "air", "air", "air"])
        #expect(rows.dropFirst().map { $0[1] } == ["air_temperature", "air_humidity", "air_dewPoint"])
        #expect(rows.dropFirst().map { $0.suffix(2) } == [["°C", "good"], ["%RH", "good"], ["°C", "good"]])
        let sensors = "[\(Self.air), {type: xy-md02, name: cold, port: /nowhere/port}]"
        let bad = try self.start(["read", "--config", "agent.yaml"], sensors: sensors)
        #expect(await bad.exitStatus() == 1)
        #expect(bad.outputText.contains("unplugged: there is no /nowhere/port"), "\(bad.outputText)")
        #expect(bad.outputText.contains("air_temperature"))
    }

    @Test("--follow goes on until SIGINT; --json is a line per measurement, from ports too, as lines come")
    func follow() async throws {
        let port = self.folder.appendingPathComponent("port").path
        let device = try PseudoTerminal(at: port) { _ in
            [PseudoTerminal.Piece(after: .milliseconds(10), bytes: Array("T=21.5 H=x\n".utf8))]
        }
        let sensors = "[\(Self.air), {type: keyvalue, name: b, port: port, keys: {temperature: T, humidity: H}}]"
        let agent = try self.start(["read", "--follow", "--json", "--config", "agent.yaml"], sensors: sensors)
        let line = #"{"sensor":"b","values":{"temperature":21.50},"quality":{"humidity":"bad: parse"}"#
        try await eventually {
            let text = agent.outputText
            return text.components(separatedBy: line).count > 3 && text.components(separatedBy: "air_hum").count > 3
        }
        agent.process.interrupt()
        #expect(await agent.exitStatus() == 0)
        device.unplug()
    }

    @Test("scan needs no configuration, and each of its lines is JSON when asked")
    func scan() async throws {
        let plain = try AgentProcess(["scan"], in: self.folder)
        #expect(await plain.exitStatus() != nil)
        #expect(!plain.outputText.isEmpty)
        let agent = try AgentProcess(["scan", "--json"], in: self.folder)
        #expect(await agent.exitStatus() != nil)
        for line in agent.outputText.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["kind"] is String && object?["place"] is String && object?["found"] is String, "\(line)")
        }
    }
}
