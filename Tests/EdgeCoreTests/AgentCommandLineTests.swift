import EdgeCore
import Testing

@Suite("the agent's command line, DESIGN section 6")
struct AgentCommandLineTests {
    private static let file = AgentCommandLine.configurationDefault

    @Test(
        "what is understood",
        arguments: [
            (["run"], .run(configuration: file, printsSummary: false)),
            (["run", "--config", "a.yaml", "--summary"], .run(configuration: "a.yaml", printsSummary: true)),
            (["run", "--summary", "--config=a.yaml"], .run(configuration: "a.yaml", printsSummary: true)),
            (["check", "--json"], .check(configuration: file, printsJSON: true)),
            (["check", "--config", "b"], .check(configuration: "b", printsJSON: false)),
            (["read"], .read(configuration: file, follows: false, printsJSON: false)),
            (["read", "--follow", "--config", "c"], .read(configuration: "c", follows: true, printsJSON: false)),
            (["read", "--json", "--follow"], .read(configuration: file, follows: true, printsJSON: true)),
            (["scan"], .scan(adapters: [], printsJSON: false)),
            (["scan", "--json", "/dev/i2c-1"], .scan(adapters: ["/dev/i2c-1"], printsJSON: true)),
            (["--version"], .version), (["--help"], .help), (["run", "--help"], .help), (["-h"], .help),
            (["help"], .help),
        ] as [([String], AgentCommandLine)]
    )
    func understood(arguments: [String], expected: AgentCommandLine) throws {
        #expect(try AgentCommandLine(arguments) == expected)
    }

    @Test(
        "wrong use is said, with the nearest word",
        arguments: [
            ([], "no command"), (["rnu"], "'run'"), (["run", "--sumary"], "'--summary'"),
            (["run", "--json"], "unknown"),
            (["check", "--follow"], "unknown"), (["read", "--folow"], "'--follow'"), (["scna"], "'scan'"),
            (["scan", "--config", "a"], "unknown option '--config'"), (["check", "--summary"], "unknown"),
            (["run", "--config"], "--config needs"),
            (["run", "--config", ""], "needs"),
            (["run", "--config", "a", "--config", "b"], "once"), (["run", "--config="], "unknown"),
            (["--version", "x"], "no arguments"), (["run", "extra"], "unknown option 'extra'"),
        ] as [([String], String)]
    )
    func misuse(arguments: [String], says: String) {
        let misuse = #expect(throws: AgentCommandLine.Misuse.self) { try AgentCommandLine(arguments) }
        #expect(misuse?.message.contains(says) == true, "\(misuse?.message ?? "")")
    }
}
