import EdgeCore
import Glibc

/// The program: command line to exit status. Everything it starts has ended, or may be cut off, when it returns.
package enum AgentProgram {
    private enum ExitStatus {
        static let done: Int32 = 0
        static let failed: Int32 = 1
        static let wrongUse: Int32 = 2
    }

    /// - Parameter arguments: Without the program's name.
    /// - Returns: The exit status.
    package static func run(_ arguments: [String]) -> Int32 {
        signal(SIGPIPE, SIG_IGN)  // a broken connection is an error code and not the end
        let commandLine: AgentCommandLine
        do throws(AgentCommandLine.Misuse) {
            commandLine = try AgentCommandLine(arguments)
        } catch {
            self.complain("weir-agent: \(error.message)\n\(AgentCommandLine.usage)")
            return ExitStatus.wrongUse
        }
        switch commandLine {
        case .help:
            StandardOutput.write(Array(AgentCommandLine.usage.utf8))
            return ExitStatus.done
        case .version:
            StandardOutput.write(line: "weir-agent \(AgentVersion.text)")
            return ExitStatus.done
        case .check(let file, let printsJSON):
            let isGood = CheckCommand(configurationFile: file, printsJSON: printsJSON).run()
            return isGood ? ExitStatus.done : ExitStatus.failed
        case .provision(let file, let printsJSON):
            do throws(ConfigurationFaults) {
                try ProvisionCommand(configurationFile: file, printsJSON: printsJSON).run()
                return ExitStatus.done
            } catch {
                for fault in error.faults { self.complain("weir-agent: \(fault)\n") }
                return ExitStatus.failed
            }
        case .scan(let adapters, let printsJSON):
            return ScanCommand(adapters: adapters, printsJSON: printsJSON).run() ? ExitStatus.done : ExitStatus.failed
        case .read(let file, let follows, let printsJSON):
            do throws(ConfigurationFaults) {
                let command = ReadCommand(configurationFile: file, follows: follows, printsJSON: printsJSON)
                return try command.run() ? ExitStatus.done : ExitStatus.failed
            } catch {
                for fault in error.faults { self.complain("weir-agent: \(fault)\n") }
                return ExitStatus.failed
            }
        case .run(let file, let printsSummary):
            do throws(ConfigurationFaults) {
                let (summary, restarts) = try Agent(configurationFile: file, journal: Journal()).run()
                if printsSummary { StandardOutput.write(summary.json + [0x0A]) }
                if restarts { self.startAgain(arguments) }
                return ExitStatus.done
            } catch {
                for fault in error.faults { self.complain("weir-agent: \(fault)\n") }
                return ExitStatus.failed
            }
        }
    }

    /// Becomes the program as it is on the disk now, with the same arguments; works with and without a supervisor.
    private static func startAgain(_ arguments: [String]) {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        var path = String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // An update has replaced it: the new one has its place.
        if path.hasSuffix(" (deleted)") { path.removeLast(10) }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        execv(path, &words)
        self.complain("weir-agent: cannot start again: \(path): \(LinuxError.text(errno))\n")
    }

    private static func complain(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
