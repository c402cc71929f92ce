import Foundation
import TestSupport
import Testing

@Suite(
    "the built agent registers by itself",
    .serialized,
    .enabled(if: TestBroker.isInstalled && TestSubscriber.isInstalled)
)
struct ProvisionProcessTests {
    private static let groupKey = "ZHBzLWdyb3VwLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDE="
    private static let operation = "5.0123456789abcdef.f397c351"

    private let broker: TestBroker

    init() throws {
        self.broker = try TestBroker()
        try self.broker.write(Self.groupKey + "\n", to: "group.key")
        try self.broker.write(
            """
            mqtt: {port: \(self.broker.port), host: localhost, reconnectMaxSeconds: 1}
            tls: {caFile: ca.pem}
            clock: {trustSystem: true}
            provisioning:
              idScope: 0ne00000001
              registrationId: sensor-7
              port: \(self.broker.port)
              groupKeyFile: group.key
            stop: {waitSeconds: 1}
            spool: {directory: state, freeDiskMinBytes: 0}
            sampling: {intervalMilliseconds: 100}
            sensors: [{type: simulated}]
            """,
            to: "agent.yaml"
        )
    }

    /// Answers one request: waits for it, and publishes `body` under its id.
    private func answer(
        _ requests: TestSubscriber,
        number: Int,
        contains text: String,
        status: String,
        _ body: String
    ) async throws {
        func request() -> Substring? {
            requests.lines.filter { $0.contains("iotdps-") }.dropFirst(number).first
        }
        try await eventually("request \(number) comes") { request() != nil }
        let line = try #require(request())
        let id = try #require(line.split(separator: "$rid=").last?.prefix { $0 != "&" && $0 != " " })
        #expect(line.contains(text), "\(line)")
        try self.broker.publish(body, to: "$dps/registrations/res/\(status)/?$rid=\(id)&retry-after=0")
    }

    private func play(_ requests: TestSubscriber, from number: Int = 0) async throws {
        try await self.answer(
            requests,
            number: number,
            contains: #"PUT/iotdps-register/?$rid=1 {"registrationId":"sensor-7","payload":null}"#,
            status: "202",
            #"{"operationId":"\#(Self.operation)","status":"assigning"}"#
        )
        try await self.answer(
            requests,
            number: number + 1,
            contains: "GET/iotdps-get-operationstatus/?$rid=2&operationId=\(Self.operation)  ",
            status: "200",
            #"{"status":"assigned","registrationState":{"assignedHub":"hub.example.org","deviceId":"board-7"}}"#
        )
    }

    @Test(
        "without a connection string it registers at its first start, then is the device it was told, and reads meanwhile"
    )
    func firstStart() async throws {
        try await self.broker.start()
        let requests = try await TestSubscriber(self.broker, to: "$dps/#", as: "service", showsTopics: true)
        let readings = try await TestSubscriber(self.broker)
        let agent = try AgentProcess(["run", "--config", "agent.yaml", "--summary"], in: self.broker.folder)
        try await self.play(requests)
        #expect(await agent.logs("registered with localhost:\(self.broker.port): this is board-7"))
        #expect(await agent.logs("connected to localhost:\(self.broker.port) as board-7"))
        try await eventually { readings.lines.count >= 5 }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let again = try AgentProcess(["run", "--config", "agent.yaml", "--summary"], in: self.broker.folder)
        #expect(await again.logs("connected to localhost:\(self.broker.port) as board-7"))
        again.terminate()
        #expect(await again.exitStatus() == 0)
        #expect(!again.logText.contains("registered"), "it is kept")
        let kept = self.broker.folder.appendingPathComponent("state/credential").path
        #expect(try FileManager.default.attributesOfItem(atPath: kept)[.posixPermissions] as? Int == 0o600)
        let log = self.broker.log
        #expect(
            log.contains(
                "as sensor-7 (p2, c0, k60, u'0ne00000001/registrations/sensor-7/api-version=2019-03-31&ClientVersion=weir-agent%2F"
            )
        )
        #expect(log.contains("as board-7 (p2, c0, k60, u'hub.example.org/board-7/?api-version="))
        #expect(log.contains("Received DISCONNECT from sensor-7"))
        #expect(!agent.logText.contains("ZHBz") && !agent.logText.contains("wA8ltbpI"), "a key is in the log")
    }

    @Test("the command registers and prints who the board is; what the service refuses is told, with status 1")
    func command() async throws {
        try await self.broker.start()
        let requests = try await TestSubscriber(self.broker, to: "$dps/#", as: "service", showsTopics: true)
        let good = try AgentProcess(["provision", "--config", "agent.yaml", "--json"], in: self.broker.folder)
        try await self.play(requests)
        #expect(await good.exitStatus() == 0)
        #expect(good.outputText.contains(#"{"device":"board-7","hub":"hub.example.org""#))
        let bad = try AgentProcess(["provision", "--config", "agent.yaml"], in: self.broker.folder)
        try await self.answer(
            requests,
            number: 2,
            contains: "iotdps-register",
            status: "401",
            #"{"errorCode":401002,"message":"Unauthorized"}"#
        )
        #expect(await bad.exitStatus() == 1)
        #expect(bad.logText.contains("the provisioning service refuses sensor-7 (401): Unauthorized"))
    }

    @Test("without a provisioning service it starts, waits, and ends when told to")
    func offline() async throws {
        let agent = try AgentProcess(["run", "--config", "agent.yaml", "--summary"], in: self.broker.folder)
        #expect(await agent.logs("no connection: not registered: localhost:\(self.broker.port): Connection refused"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    @Test("a connection string comes before provisioning, and the command says so")
    func precedence() async throws {
        let agent = try AgentProcess(
            ["provision", "--config", "agent.yaml"],
            in: self.broker.folder,
            environment: ["WEIR_AGENT_CONNECTION_STRING": "HostName=localhost;DeviceId=d;SharedAccessKey=a2V5"]
        )
        #expect(await agent.exitStatus() == 1)
        #expect(agent.logText.contains("a connection string is set and wins"))
    }
}
