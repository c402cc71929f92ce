import Foundation
import GatewayClient
import Glibc
import NIOCore
import UnixSignals

/// The demo beside its gateway: starts fleet and agent, shows readings and alerts, ends them and adds up.
struct Demo: Sendable {
    /// What fleet and agent report at their end.
    struct FleetCounts: Equatable, Sendable {
        var sent: Int64 = 0
        var acknowledged: Int64 = 0
        /// Whether one of them ended by itself or with an error.
        var hasFailed = false
    }

    private struct Report: Decodable {
        var sent: Int64
        var acknowledged: Int64
    }

    private static let agentID = "demo-agent"
    private static let scenario = "Simulator/scenarios/greenhouse.yaml"
    private static let fleetProgram = "weir-sim"
    private static let agentProgram = "weir-agent"
    /// Readings shown a second; all are in the log.
    private static let readingsPerSecond = 4

    let data: String
    let console: Console
    /// The fleet's scenario.
    private let scenarioPath: String

    /// A demo on a data folder.
    ///
    /// - Throws: what it would lack, before anything runs.
    init(data: String, console: Console) throws {
        self.data = data
        self.console = console
        self.scenarioPath = try Demo.find(Demo.scenario)
        for name in [Demo.fleetProgram, Demo.agentProgram] { _ = try Demo.program(name) }
    }

    /// Runs until the time is over or a signal comes.
    ///
    /// - Parameters:
    ///   - endpoints: the gateway's.
    ///   - seconds: how long; `nil` = until a signal.
    ///   - signals: SIGINT and SIGTERM.
    ///   - settle: waits for the streams to have read everything.
    /// - Returns: what fleet and agent reported.
    /// - Throws: why it could not begin.
    func run(
        endpoints: EndpointsFile,
        seconds: Int?,
        signals: UnixSignalsSequence,
        settle: @escaping @Sendable () async -> Void
    ) async throws -> FleetCounts {
        try self.console.print(endpoints.readyLine)
        try self.console.print("data folder \(self.data); in another terminal: weir events tail, weir alerts --follow")
        let client = GatewayClient(connection: try GatewayConnection(folder: GatewayFolder(self.data)))
        let children = [
            try self.start(Demo.fleetProgram, ["run", self.scenarioPath, "--data", self.data, "--json"]),
            try self.start(
                Demo.agentProgram,
                ["run", "--summary", "--config", try await self.agentConfiguration(client, endpoints)]
            ),
        ]
        let shown = Task {
            await withTaskGroup { group in
                group.addTask { await self.show("alerts", of: client, perSecond: .max, AlertText.line) }
                group.addTask {
                    await self.show("telemetry", of: client, perSecond: Demo.readingsPerSecond, EventText.line)
                }
            }
        }
        let isEarly = await self.wait(seconds: seconds, signals: signals, children: children)
        var counts = FleetCounts()
        counts.hasFailed = isEarly
        for child in children { child.stop() }
        for child in children {
            let (status, output) = await child.result()
            guard status == 0, let line = output.split(separator: UInt8(ascii: "\n")).last,
                let report = try? JSONDecoder().decode(Report.self, from: Data(line))
            else {
                self.console.note("weir: \(child.name) ended with status \(status)")
                counts.hasFailed = true
                continue
            }
            counts.sent += report.sent
            counts.acknowledged += report.acknowledged
        }
        await settle()
        shown.cancel()
        await shown.value
        return counts
    }

    /// Waits for time, signal or a child's own end; `true` for the last.
    private func wait(seconds: Int?, signals: UnixSignalsSequence, children: [DemoChild]) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals { break }
                return false
            }
            if let seconds {
                group.addTask {
                    try? await Task.sleep(for: .seconds(seconds))  // cancelled: another way ended the wait
                    return false
                }
            }
            for child in children {
                group.addTask {
                    await child.waitForExit()
                    return !Task.isCancelled
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Prints new records of a topic, at most so many a second, until the task is cancelled.
    private func show(
        _ topic: String,
        of client: GatewayClient,
        perSecond: Int,
        _ text: @Sendable ([UInt8], Console) -> String
    ) async {
        do {
            let query = GatewayClient.RecordQuery(from: "end", follow: true)
            var second = ContinuousClock.now
            var count = 0
            for try await line in try await client.records(of: topic, query) {
                if ContinuousClock.now - second >= .seconds(1) {
                    second = .now
                    count = 0
                }
                count += 1
                guard count <= perSecond else { continue }
                try self.console.print(text(Array(line.readableBytesView), self.console))
            }
        } catch is CancellationError {
            return
        } catch {
            if !Task.isCancelled { self.console.note("weir: \(topic) is not shown any more: \(error)") }
        }
    }

    /// Registers the agent's device and writes its configuration into the data folder.
    private func agentConfiguration(_ client: GatewayClient, _ endpoints: EndpointsFile) async throws -> String {
        let device = try await Demo.agentDevice(client)
        let port = endpoints.mqtts?.split(separator: ":").last.map(String.init) ?? ""
        let key = device.authentication.symmetricKey.primaryKey
        let text = """
            connection:
              connectionString: HostName=localhost;DeviceId=\(Demo.agentID);SharedAccessKey=\(key)
            mqtt:
              port: \(port)
            tls:
              caFile: \(try Demo.absolute(GatewayFolder(self.data).authorityPath))
            clock:
              trustSystem: true
            sampling:
              intervalMilliseconds: 1000
            sensors:
              - type: simulated
                name: air

            """
        let path = "\(self.data)/demo-agent.yaml"
        guard
            FileManager.default.createFile(
                atPath: path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else {
            throw CommandFailure("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        return path
    }

    private static func agentDevice(_ client: GatewayClient) async throws -> DeviceDescription {
        do {
            return try await client.createDevice(NewDevice(id: Demo.agentID))
        } catch {
            // There since an earlier demo on this folder.
            guard case .refused(status: 409, _, _) = error else { throw error }
            return try await client.device(Demo.agentID)
        }
    }

    /// Starts a program that lies beside this one.
    private func start(_ name: String, _ arguments: [String]) throws -> DemoChild {
        try DemoChild(name: name, program: try Demo.program(name), arguments: arguments)
    }

    private static func program(_ name: String) throws -> String {
        let program = "\(Demo.programFolder)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw CommandFailure("\(program) is missing: build everything with `swift build`, or run `make demo`")
        }
        return program
    }

    private static var programFolder: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path()
    }

    /// A file of the project: below the working folder, or below a folder above this program.
    private static func find(_ file: String) throws -> String {
        if FileManager.default.fileExists(atPath: file) { return file }
        var folder = URL(filePath: Demo.programFolder)
        while folder.path() != "/" {
            let candidate = folder.appending(path: file).path()
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        throw CommandFailure("\(file) is not found: run the demo in the project's folder")
    }

    private static func absolute(_ path: String) throws -> String {
        URL(filePath: path).standardizedFileURL.path()
    }
}
