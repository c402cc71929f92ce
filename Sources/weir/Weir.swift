import ArgumentParser
import Gateway
import GatewayClient
import Glibc

/// The gateway and its operator's command line.
///
/// Exit status: 0 done, 1 failed, 2 wrong use. Results go to stdout, everything else to stderr.
@main
struct Weir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A gateway for sensor fleets: device hub, event log and stream processor in one.",
        discussion: """
            Commands other than serve, demo, check-config, detect, restore and completion talk to a running gateway. \
            They find it by its data folder (--data, default ./weir-data) or by the service connection string in \
            WEIR_CONNECTION_STRING. `weir completion bash` makes the shell complete them.
            """,
        version: "weir \(Version.current)",
        subcommands: [
            ServeCommand.self, DemoCommand.self, CheckConfigCommand.self, HubCommand.self, DeviceCommand.self,
            TwinCommand.self, MethodCommand.self, MessageCommand.self, JobCommand.self, ConfigurationCommand.self,
            EnrollmentCommand.self, AuthorityCommand.self, ApplicationCommand.self, EventsCommand.self,
            TopicCommand.self, AlertsCommand.self,
            ImportCommand.self, DetectCommand.self, BackupCommand.self, RestoreCommand.self, DoctorCommand.self,
            CompletionCommand.self,
        ]
    )

    static func main() async {
        signal(SIGPIPE, SIG_IGN)  // a reader that has gone is an error of write(2), not a signal
        let arguments = Array(CommandLine.arguments.dropFirst())
        Glibc.exit(await Weir.run(arguments))
    }

    /// Parses and runs a command line.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: The exit status.
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try Weir.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return Weir.report(error, about: Weir.id(in: arguments))
        }
    }

    /// The device or module that a command line is about; `nil` when it is about none, or several.
    private static func id(in arguments: [String]) -> String? {
        // What cannot be parsed has told so already.
        (try? Weir.parseAsRoot(arguments) as? any IdentityNaming)?.id
    }

    /// The border between errors and exit statuses.
    private static func report(_ error: any Error, about id: String?) -> Int32 {
        let console = Console.current
        switch error {
        case is Console.ReaderGone:
            return 0
        case let status as ExitCode:
            return status.rawValue
        case let error as GatewayClientError:
            console.note("weir: \(error)" + (ErrorAdvice.sentence(for: error, about: id).map { ": \($0)" } ?? ""))
            return 1
        case let error as CommandFailure:
            console.note("weir: \(error)")
            return 1
        default:
            let text = Weir.fullMessage(for: error)
            switch Weir.exitCode(for: error) {
            case .success:
                try? console.print(text)  // help and version: nobody to complain to
                return 0
            case .validationFailure:
                console.note(text)
                return 2
            default:
                console.note("weir: \(error)")
                return 1
            }
        }
    }
}
