import Foundation
import Glibc
import Testing

/// A real `weir serve` on a data folder of its own. It ends with its owner, also when the test fails.
final class GatewayUnderTest {
    /// How long a start may take, recovery included, in a debug build on a busy machine.
    static let startLimit = Duration.seconds(90)

    let data: String
    /// What `serve` gets besides folder and ports.
    var arguments: [String]
    var environment: [String: String]
    /// A program with its arguments that runs the gateway in its own process, such as a tracer; empty for none.
    let wrapper: [String]
    private(set) var ports: GatewayPorts
    private(set) var process: RunningProcess
    private(set) var readyLine = ""

    /// Starts a gateway and waits for its ready line.
    ///
    /// - Parameters:
    ///   - folder: its data folder is made inside.
    ///   - ports: free ones unless they must last.
    ///   - settings: further `key=value` for `--set`.
    ///   - environment: further variables.
    ///   - wrapper: see ``wrapper``.
    /// - Throws: when it does not come up in time.
    init(
        in folder: TemporaryFolder,
        ports: GatewayPorts = GatewayPorts(),
        settings: [String] = [],
        environment: [String: String] = [:],
        wrapper: [String] = []
    ) async throws {
        self.data = folder.file("data")
        self.arguments = settings.flatMap { ["--set", $0] }
        self.environment = environment
        self.ports = ports
        self.wrapper = wrapper
        let command = wrapper + [BuiltProgram.weir, "serve", "--data", self.data] + ports.settings + self.arguments
        self.process = try RunningProcess(command[0], Array(command.dropFirst()), environment: environment)
        try await self.waitUntilReady()
    }

    /// The certificate that devices trust.
    var authority: String { "\(self.data)/tls/ca.pem" }

    /// Starts it again, on the ports it had.
    func start() async throws {
        let command =
            self.wrapper + [BuiltProgram.weir, "serve", "--data", self.data] + self.ports.settings + self.arguments
        self.process = try RunningProcess(command[0], Array(command.dropFirst()), environment: self.environment)
        try await self.waitUntilReady()
    }

    /// SIGTERM, and the orderly end that must follow.
    func stop() async throws {
        self.process.send(SIGTERM)
        let result = try await self.process.exit(within: .seconds(90))
        #expect(result.status == 0, "after SIGTERM: \(result.errors)")
    }

    /// `kill -9`.
    func kill() async throws {
        self.process.send(SIGKILL)
        _ = try await self.process.exit(within: .seconds(90))
    }

    /// The largest amount of memory it ever had, in bytes.
    func peakMemoryBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(self.process.pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let kilobytes = try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
        return kilobytes << 10
    }

    /// Files of a topic.
    func files(ofTopic topic: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(self.data)/log/\(topic)")
            .filter { $0.hasSuffix(suffix) }.map { "\(self.data)/log/\(topic)/\($0)" }
    }

    private func waitUntilReady() async throws {
        let process = self.process
        self.readyLine = try await Waiting.until("the ready line", within: GatewayUnderTest.startLimit) {
            if let status = process.exitStatus {
                throw RunningProcess.StartFailure(description: "weir serve ended (\(status)): \(process.errors)")
            }
            let output = process.output
            return output.contains("\n") ? output.split(separator: "\n").first.map(String.init) : nil
        }
        var addresses: [String: Int] = [:]
        for pair in self.readyLine.split(separator: " ").dropFirst() {
            let parts = pair.split(separator: "=", maxSplits: 1)
            addresses[String(parts[0])] = parts.last?.split(separator: ":").last.flatMap { Int($0) }
        }
        try #require(self.readyLine.hasPrefix("ready "))
        self.ports = GatewayPorts(
            mqtt: try #require(addresses["mqtt"]),
            mqtts: try #require(addresses["mqtts"]),
            http: try #require(addresses["http"]),
            https: try #require(addresses["https"]),
            kafka: try #require(addresses["kafka"]),
            kafkas: addresses["kafkas"],
            amqps: addresses["amqps"]
        )
    }
}
