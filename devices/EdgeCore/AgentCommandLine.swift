import TelemetryModel

/// The agent's command line.
package enum AgentCommandLine: Equatable, Sendable {
    case run(configuration: String, printsSummary: Bool)
    case check(configuration: String, printsJSON: Bool)
    case provision(configuration: String, printsJSON: Bool)
    case read(configuration: String, follows: Bool, printsJSON: Bool)
    /// `adapters` empty: everything there is.
    case scan(adapters: [String], printsJSON: Bool)
    case version
    case help

    /// A command line that cannot be understood; the program prints it and exits with status 2.
    package struct Misuse: Error, Equatable, Sendable {
        package var message: String
    }

    /// Where the configuration is when `--config` does not say.
    package static let configurationDefault = "/etc/weir/agent.yaml"

    package static let usage = """
        usage: weir-agent run   [--config FILE] [--summary]
               weir-agent check [--config FILE] [--json]
               weir-agent read  [--config FILE] [--follow] [--json]
               weir-agent scan  [--json] [/dev/i2c-N ...]
               weir-agent provision [--config FILE] [--json]
               weir-agent --version | --help

        run      reads the sensors and sends what they say to the gateway, until SIGTERM or SIGINT;
                 --summary prints one line of JSON at the end
        check    reads each sensor once and prints what it got; --json prints one line of JSON per check
        read     prints what the sensors say, without a gateway: once, or with --follow at their intervals until SIGTERM or
                 SIGINT; --json prints one line of JSON per measurement
        scan     names what is attached to this board, and changes nothing: chips on I2C, sensors of kernel drivers, serial
                 ports; or only what is on the I2C adapters given; --json prints one line of JSON for each
        provision  registers this board with the provisioning service and keeps who it is; `run` does the same by itself
                 when there is neither a connection string nor a registration

        --config FILE   the configuration (default /etc/weir/agent.yaml); config/agent.yaml explains every key
        WEIR_AGENT_CONNECTION_STRING   in the environment wins over the configuration's connection string

        exit status: 0 done, 1 failed, 2 wrong use

        """

    /// - Parameter arguments: Without the program's name.
    /// - Throws: What is wrong with them, in a sentence.
    package init(_ arguments: [String]) throws(Misuse) {
        if arguments.contains("--help") || arguments.contains("-h") || arguments == ["help"] {
            self = .help
            return
        }
        guard let command = arguments.first else {
            throw Misuse(message: "no command given; expected run, check, read, scan or provision")
        }
        switch command {
        case "--version":
            guard arguments.count == 1 else { throw Misuse(message: "--version takes no arguments") }
            self = .version
        case "run":
            let (file, flags) = try Self.options(arguments.dropFirst(), flags: ["--summary"])
            self = .run(configuration: file, printsSummary: flags.contains("--summary"))
        case "check":
            let (file, flags) = try Self.options(arguments.dropFirst(), flags: ["--json"])
            self = .check(configuration: file, printsJSON: flags.contains("--json"))
        case "read":
            let (file, flags) = try Self.options(arguments.dropFirst(), flags: ["--follow", "--json"])
            let (follows, printsJSON) = (flags.contains("--follow"), flags.contains("--json"))
            self = .read(configuration: file, follows: follows, printsJSON: printsJSON)
        case "scan":
            let rest = arguments.dropFirst()
            if let other = rest.first(where: { $0.hasPrefix("-") && $0 != "--json" || $0.isEmpty }) {
                throw Misuse(message: "unknown option '\(other)'; scan takes --json and names of I2C adapters")
            }
            self = .scan(adapters: rest.filter { $0 != "--json" }, printsJSON: rest.contains("--json"))
        case "provision":
            let (file, flags) = try Self.options(arguments.dropFirst(), flags: ["--json"])
            self = .provision(configuration: file, printsJSON: flags.contains("--json"))
        default:
            let near = NearestName.of(command, among: Self.words)
            throw Misuse(message: "unknown command '\(command)'\(near.map { "; did you mean '\($0)'?" } ?? "")")
        }
    }

    private static let words = ["run", "check", "read", "scan", "provision", "--version", "--help"]

    private static func options(
        _ arguments: ArraySlice<String>,
        flags: [String]
    ) throws(Misuse) -> (file: String, flags: Set<String>) {
        var file: String?
        var given: Set<String> = []
        var rest = arguments
        while let argument = rest.popFirst() {
            if flags.contains(argument) {
                given.insert(argument)
            } else if argument == "--config" {
                guard file == nil, let value = rest.popFirst(), !value.isEmpty else {
                    throw Misuse(message: "--config needs one file name, once")
                }
                file = value
            } else if argument.hasPrefix("--config="), file == nil, argument.count > 9 {
                file = String(argument.dropFirst(9))
            } else {
                let near = NearestName.of(argument, among: ["--config"] + flags)
                throw Misuse(message: "unknown option '\(argument)'\(near.map { "; did you mean '\($0)'?" } ?? "")")
            }
        }
        return (file ?? self.configurationDefault, given)
    }
}
