import ArgumentParser

/// `weir method …`: direct methods.
struct MethodCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "method",
        abstract: "Call methods of devices.",
        subcommands: [MethodCallCommand.self]
    )
}
