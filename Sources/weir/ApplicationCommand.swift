import ArgumentParser

/// `weir application …`: the operator's own programs.
struct ApplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "application",
        abstract: "Register programs that connect over MQTT: dashboards, bridges, rule engines.",
        subcommands: [
            ApplicationCreateCommand.self, ApplicationListCommand.self, ApplicationShowCommand.self,
            ApplicationUpdateCommand.self, ApplicationDeleteCommand.self,
        ]
    )
}
