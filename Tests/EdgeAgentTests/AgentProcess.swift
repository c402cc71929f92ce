import Foundation
import TestSupport
import Testing

/// The built program `weir-agent` as a child process, with its output in files of a folder of its own.
final class AgentProcess {
    let process = Process()
    private let output: URL
    private let log: URL

    /// The program beside the test bundle; the test target depends on it, so it is built.
    static let program: URL = {
        let arguments = ProcessInfo.processInfo.arguments
        let bundle = arguments.first { $0.contains(".xctest") } ?? arguments[0]
        var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        while folder.path != "/" {
            let program = folder.appendingPathComponent("weir-agent")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: "/nonexistent/weir-agent")
    }()

    init(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws {
        self.output = folder.appendingPathComponent("agent-\(UUID().uuidString).out")
        self.log = self.output.appendingPathExtension("log")
        for file in [self.output, self.log] { try Data().write(to: file) }
        self.process.executableURL = Self.program
        self.process.arguments = arguments
        self.process.currentDirectoryURL = folder
        self.process.environment = environment
        self.process.standardOutput = try FileHandle(forWritingTo: self.output)
        self.process.standardError = try FileHandle(forWritingTo: self.log)
        try self.process.run()
    }

    deinit {
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
    }

    var outputText: String { (try? String(contentsOf: self.output, encoding: .utf8)) ?? "" }
    var logText: String { (try? String(contentsOf: self.log, encoding: .utf8)) ?? "" }

    /// Descriptors the process has open.
    var descriptorCount: Int {
        let folder = "/proc/\(self.process.processIdentifier)/fd"
        return (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
    }

    /// Waits for the end; kills it and returns `nil` when it does not come.
    func exitStatus() async -> Int32? {
        do {
            try await eventually { !self.process.isRunning }
            return self.process.terminationStatus
        } catch {
            kill(self.process.processIdentifier, SIGKILL)
            return nil
        }
    }

    func terminate() {
        self.process.terminate()
    }

    /// Waits until the log has a text `count` times; `false` when it never has.
    func logs(_ text: String, times count: Int = 1) async -> Bool {
        do {
            try await eventually { self.logText.components(separatedBy: text).count > count }
            return true
        } catch {
            return false
        }
    }
}
