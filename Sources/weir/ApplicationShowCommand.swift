import ArgumentParser
import GatewayClient

/// `weir application show NAME`: one program with its topics.
struct ApplicationShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a program with its topics.")

    @Argument(help: ArgumentHelp("Its name.", valueName: "name"))
    var name: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let application = try await self.connection.client().application(self.name)
        try ApplicationText.print(application, isJSON: self.output.isJSON)
    }
}
