import Foundation
import TestSupport

/// Debian's `mosquitto_sub` on a test broker: what the agent's messages say, line by line.
final class TestSubscriber {
    private static let program = "/usr/bin/mosquitto_sub"

    /// Whether the tests can run; says what is missing when not.
    static let isInstalled: Bool = {
        let isInstalled = FileManager.default.isExecutableFile(atPath: program)
        if !isInstalled { print("skipped: \(program) is not installed") }
        return isInstalled
    }()

    private let process = Process()
    private let output: URL

    /// Subscribes, and waits until the broker has granted it.
    ///
    /// - Parameters:
    ///   - broker: Running.
    ///   - filter: What to subscribe to; by default all that devices publish.
    ///   - name: Its client id.
    ///   - showsTopics: Whether a line is topic, blank, payload.
    /// - Throws: When it does not start.
    init(
        _ broker: TestBroker,
        to filter: String = "devices/#",
        as name: String = "watcher",
        showsTopics: Bool = false
    ) async throws {
        self.output = broker.folder.appendingPathComponent("subscriber-\(UUID().uuidString).out")
        try Data().write(to: self.output)
        self.process.executableURL = URL(fileURLWithPath: Self.program)
        self.process.arguments = [
            "-h", "localhost", "-p", "\(broker.port)", "--cafile", "ca.pem", "-i", name, "-q", "1", "-t",
            filter,
        ]
        if showsTopics { self.process.arguments?.append("-v") }
        self.process.currentDirectoryURL = broker.folder
        self.process.standardOutput = try FileHandle(forWritingTo: self.output)
        self.process.standardError = FileHandle.nullDevice
        try self.process.run()
        try await eventually("mosquitto_sub is subscribed") { broker.count("Sending SUBACK to \(name)") > 0 }
    }

    deinit {
        kill(self.process.processIdentifier, SIGKILL)
    }

    var text: String { (try? String(contentsOf: self.output, encoding: .utf8)) ?? "" }

    /// Whole messages so far.
    var lines: [Substring] {
        let text = self.text
        return text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1)
    }
}
