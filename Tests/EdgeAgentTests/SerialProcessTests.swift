import Foundation
import SensorKit
import TestSupport
import Testing

@Suite("the built agent on serial ports, with pseudo terminals for devices")
struct SerialProcessTests {
    typealias Piece = PseudoTerminal.Piece

    private let temporary: TemporaryFolder
    private var folder: URL { self.temporary.url }
    private var port: String { self.folder.appendingPathComponent("port").path }

    init() throws {
        self.temporary = try TemporaryFolder()
    }

    private func start(_ command: String, _ options: String..., sensor: String) throws -> AgentProcess {
        let text = """
            sampling: {intervalMilliseconds: 200}
            stop: {waitSeconds: 0}
            tls: {enabled: false}
            mqtt: {port: 1}
            sensors: [{name: room, port: port, \(sensor)}]
            """
        try Data(text.utf8).write(to: self.folder.appendingPathComponent("agent.yaml"))
        return try AgentProcess(
            [command, "--config", "agent.yaml"] + options,
            in: self.folder,
            environment: ["WEIR_AGENT_CONNECTION_STRING": "HostName=localhost;DeviceId=d;SharedAccessKey=YWJj"]
        )
    }

    /// The contract's answer of 30.5 °C and 54.6 %.
    private static let answer: [UInt8] = [0x01, 0x04, 0x04, 0x01, 0x31, 0x02, 0x22, 0x2A, 0xCE]
    private static let request: [UInt8] = [0x01, 0x04, 0x00, 0x01, 0x00, 0x02, 0x20, 0x0B]
    private static let transmitter: @Sendable ([UInt8]) -> [Piece] = { request in
        request == Self.request ? [Piece(bytes: Self.answer)] : []
    }

    private static let talker: @Sendable ([UInt8]) -> [Piece] = { _ in
        [Piece(after: .milliseconds(10), bytes: Array("1,2,3\n".utf8))]
    }

    @Test(
        "a Modbus transmitter is read however its answer comes",
        arguments: [
            [Piece(bytes: answer)], [Piece(after: .milliseconds(250), bytes: answer)],
            answer.map { Piece(after: .milliseconds(5), bytes: [$0]) },
            [Piece(bytes: request), Piece(after: .milliseconds(20), bytes: answer)],
            [
                Piece(bytes: request + answer.prefix(3)),
                Piece(after: .milliseconds(50), bytes: Array(answer.dropFirst(3))),
            ],
        ]
    )
    func modbus(pieces: [Piece]) async throws {
        let device = try PseudoTerminal(at: self.port) { $0 == Self.request ? pieces : [] }
        let agent = try self.start("check", sensor: "type: xy-md02, replyMilliseconds: 2000")
        #expect(await agent.exitStatus() != nil)
        #expect(
            agent.outputText.contains(
                "✓ sensor room: Modbus unit 1 on port, temperature 30.50 °C, humidity 54.60 %RH\n"
            ),
            "\(agent.outputText)"
        )
        #expect(device.heard == [Self.request])
    }

    @Test(
        "each fault of a Modbus unit is named and gives no number",
        arguments: [
            ([], "no_reply: unit 1 does not answer", 50), ([Piece(bytes: request)], "only the adapter's echo came", 50),
            ([Piece(after: .milliseconds(500), bytes: answer)], "no_reply: unit 1 does not answer", 50),
            ([Piece(bytes: answer.dropLast() + [0xCF])], "crc: unit 1: wrong checksum", 2_000),
            ([Piece(bytes: Array(answer.prefix(4)))], "bad_frame: unit 1: only 4 of 9 bytes", 500),
            ([Piece(bytes: [0x01, 0x84, 0x02, 0xC2, 0xC1])], "exception: unit 1, 2 registers from 1", 2_000),
            ([Piece(bytes: [0xFF, 0x00, 0xFF])], "bad_frame: unit 1: an answer from unit 255", 2_000),
        ] as [([Piece], String, Int)]
    )
    func modbusFaults(pieces: [Piece], says: String, replyMilliseconds: Int) async throws {
        let device = try PseudoTerminal(at: self.port) { $0 == Self.request ? pieces : [] }
        let agent = try self.start("check", sensor: "type: xy-md02, replyMilliseconds: \(replyMilliseconds)")
        #expect(await agent.exitStatus() == 1)
        #expect(agent.outputText.contains("✗ sensor room: Modbus unit 1 on port, "), "\(agent.outputText)")
        #expect(agent.outputText.contains(says), "\(agent.outputText)")
        #expect(!agent.outputText.contains("°C"))
        #expect(device.heard.first == Self.request)
    }

    @Test(
        "a port that is not there, is no port, or cannot do the frame is named",
        arguments: [
            ("type: xy-md02", "unplugged: there is no port"),
            ("type: csv, columns: {temperature: 1}", "unplugged: there"),
        ]
    )
    func missing(sensor: String, says: String) async throws {
        let agent = try self.start("check", sensor: sensor)
        #expect(await agent.exitStatus() == 1)
        #expect(agent.outputText.contains(says), "\(agent.outputText)")
        try Data().write(to: URL(fileURLWithPath: self.port))
        let file = try self.start("check", sensor: sensor)
        #expect(await file.exitStatus() == 1)
        #expect(file.outputText.contains("port is no serial port"), "\(file.outputText)")
        try FileManager.default.removeItem(atPath: self.port)
        let device = try PseudoTerminal(at: self.port) { _ in [] }
        let frame = try self.start("check", sensor: "\(sensor), frame: 7E1")
        #expect(await frame.exitStatus() == 1)
        #expect(frame.outputText.contains("port does not take 9600 7E1"), "\(frame.outputText)")
        #expect(device.heard.isEmpty)
    }

    @Test(
        "sensors that send lines by themselves, in every format",
        arguments: [
            ("type: csv, columns: {temperature: 2, humidity: 3}", "17,21.50,40.20\r\n"),
            ("type: keyvalue, keys: {temperature: T, humidity: H}", "T=21.50 H=40.20\n"),
            ("type: jsonlines", #"{"seq":17,"temperature":21.5,"humidity":40.2}"# + "\n"),
            ("type: nmea", "$GPGGA,,,*00\r\n$WIXDR,C,21.5,C,TEMP,H,40.2,P,HUMI*5D\r\n"),
            ("type: vaisala, frame: 8N1", "RH= 40.2 %RH T= 21.5 'C\r\n"),
        ]
    )
    func lines(sensor: String, line: String) async throws {
        let device = try PseudoTerminal(at: self.port) { _ in
            // In two pieces, after the end of the one before.
            let bytes = Array(line.utf8)
            return [
                Piece(bytes: Array("\n".utf8) + bytes.prefix(7)),
                Piece(after: .milliseconds(10), bytes: Array(bytes.dropFirst(7))),
            ]
        }
        let agent = try self.start("check", sensor: "\(sensor), intervalMilliseconds: 10000")
        #expect(await agent.exitStatus() != nil)
        #expect(agent.outputText.contains("on port, temperature 21.50 °C, humidity 40.20 %RH\n"), "\(agent.outputText)")
        device.unplug()
    }

    @Test("a transmitter that is asked answers by name")
    func asked() async throws {
        let device = try PseudoTerminal(at: self.port) { question in
            question == Array("SEND 3\r".utf8)
                ? [Piece(bytes: question + Array("\n".utf8)), Piece(bytes: Array("RH= 43.0 %RH T= 69.8 'F\r\n>".utf8))]
                : []
        }
        let agent = try self.start(
            "check",
            sensor: "type: vaisala, frame: 8N1, query: SEND 3, replyMilliseconds: 10000"
        )
        #expect(await agent.exitStatus() != nil)
        #expect(agent.outputText.contains("on port, temperature 21.00 °C, humidity 43.00 %RH\n"), "\(agent.outputText)")
        #expect(device.heard == [Array("SEND 3\r".utf8)])
    }

    /// What the agent has open that is a terminal.
    private func openTerminals(_ agent: AgentProcess) -> [String] {
        let folder = "/proc/\(agent.process.processIdentifier)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
            .filter { $0.hasPrefix("/dev/pts/") }
    }

    @Test(
        "unplugged and plugged in again: closed at once, reported once, found again, nothing left open",
        arguments: [
            ("type: xy-md02, replyMilliseconds: 2000", transmitter),
            ("type: csv, columns: {temperature: 2, humidity: 3}", talker),
        ] as [(String, @Sendable ([UInt8]) -> [Piece])]
    )
    func replug(sensor: String, says: @escaping @Sendable ([UInt8]) -> [Piece]) async throws {
        let device = try PseudoTerminal(at: self.port, says: says)
        let agent = try self.start("run", "--summary", sensor: sensor)
        for round in 1...3 {
            try await eventually { self.openTerminals(agent).count == 1 }
            if round > 1 {
                #expect(await agent.logs("sensor room works again", times: round - 1))
            }
            device.unplug()
            #expect(await agent.logs("is unavailable: unplugged: there is no port", times: round))
            #expect(self.openTerminals(agent).isEmpty, "the device would come back under another name")
            try device.plugIn()
        }
        #expect(await agent.logs("sensor room works again", times: 3))
        #expect(self.openTerminals(agent).count == 1)
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(agent.logText.components(separatedBy: "unavailable").count == 4, "\(agent.logText)")
    }

    @Test("a sensor that falls silent is reported once, and again when it speaks")
    func silence() async throws {
        let device = try PseudoTerminal(at: self.port) { _ in [Piece(bytes: Array("\nT=21.5\n".utf8))] }
        let agent = try self.start("run", sensor: "type: keyvalue, keys: {temperature: T}")
        try await eventually { self.openTerminals(agent).count == 1 }
        device.setAnswer { _ in [] }
        #expect(
            await agent.logs("sensor room (key=value lines on port) fails: no_reply: no line comes")
        )
        device.setAnswer { _ in [Piece(bytes: Array("\nT=21.5\n".utf8))] }
        #expect(await agent.logs("sensor room works again"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }
}
