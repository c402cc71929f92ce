import Foundation
import Glibc
import Synchronization

/// A program that a test runs: output goes to files, the end is waited for with a limit, and no process outlives its
/// owner: `deinit` sends SIGTERM and, two seconds later, SIGKILL.
final class RunningProcess: Sendable {
    /// A program that could not be started.
    struct StartFailure: Error, CustomStringConvertible {
        var description: String
    }

    /// How a program ended and what it wrote.
    struct Result: Sendable {
        /// The exit status; 128 + the number of the signal that ended it.
        var status: Int32
        var output: String
        var errors: String
    }

    let name: String
    let pid: pid_t
    private let folder: TemporaryFolder
    /// `nil` while it runs. A process is reaped under this lock, so that a signal never meets a used-up pid.
    private let status = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: its path, or its name in PATH.
    ///   - arguments: without the program's name.
    ///   - environment: put over this process's own.
    ///   - input: a file for standard input.
    /// - Throws: ``StartFailure``.
    init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = "/dev/null"
    ) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        self.name = program.split(separator: "/").last.map(String.init) ?? program
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), "stdout"), (2, "stderr")] {
            let flags = O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, descriptor, folder.file(name), flags, 0o600)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var argumentPointers = ([program] + arguments).map { strdup($0) } + [nil]
        var variablePointers = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, program, &actions, &attributes, &argumentPointers, &variablePointers)
        guard code == 0 else {
            throw StartFailure(description: "\(program) cannot be started: \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    deinit {
        guard self.exitStatus == nil else { return }
        kill(self.pid, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(2)
        while self.exitStatus == nil, ContinuousClock.now < deadline { usleep(2_000) }
        guard self.exitStatus == nil else { return }
        kill(self.pid, SIGKILL)
        var state: Int32 = 0
        waitpid(self.pid, &state, 0)
    }

    /// What it has written to standard output so far.
    var output: String { self.text("stdout") }

    /// What it has written to standard error so far.
    var errors: String { self.text("stderr") }

    /// `nil` while it runs.
    var exitStatus: Int32? {
        self.status.withLock { status in
            if status != nil { return status }
            var state: Int32 = 0
            guard waitpid(self.pid, &state, WNOHANG) == self.pid else { return nil }
            status = state & 0x7F == 0 ? (state >> 8) & 0xFF : 128 + (state & 0x7F)
            return status
        }
    }

    /// Sends a signal, if it still runs.
    func send(_ signal: Int32) {
        self.status.withLock { status in
            if status == nil { kill(self.pid, signal) }
        }
    }

    /// Waits for its end.
    func exit(within limit: Duration = .seconds(30)) async throws -> Result {
        let status = try await Waiting.until("the end of \(self.name); it wrote: \(self.errors)", within: limit) {
            self.exitStatus
        }
        return Result(status: status, output: self.output, errors: self.errors)
    }

    /// Runs a program to its end.
    static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = "/dev/null",
        within limit: Duration = .seconds(30)
    ) async throws -> Result {
        try await RunningProcess(program, arguments, environment: environment, input: input).exit(within: limit)
    }

    private func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: self.folder.file(name)) ?? Data(), as: UTF8.self)
    }
}
