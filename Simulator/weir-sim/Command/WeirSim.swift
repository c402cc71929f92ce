import ArgumentParser
import Glibc

/// The fleet simulator's command line.
@main
struct WeirSim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir-sim",
        abstract: "A fleet of simulated or recorded devices for a Weir gateway.",
        subcommands: [RunCommand.self, ReplayCommand.self]
    )

    /// Exit status 0: done; 1: failed, a sentence on stderr; 2: wrong use.
    static func main() async {
        do {
            var command = try WeirSim.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as Failure {
            Terminal.errorLine("weir-sim: \(error)")
            Glibc.exit(1)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            let status = WeirSim.exitCode(for: error)
            if status == .success {
                Terminal.output(WeirSim.fullMessage(for: error) + "\n")
                Glibc.exit(0)
            }
            Terminal.errorLine(WeirSim.fullMessage(for: error))
            Glibc.exit(status == .validationFailure ? 2 : 1)
        }
    }
}
