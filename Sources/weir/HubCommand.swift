import ArgumentParser

/// `weir hub …`: the gateway itself.
struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "The gateway's status and its service connection strings.",
        subcommands: [HubConnectionStringCommand.self, HubStatusCommand.self]
    )
}
