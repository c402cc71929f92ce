import ArgumentParser
import GatewayClient

/// `weir application list`: all programs, page by page.
struct ApplicationListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List programs in order of their names."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var all = [ApplicationDescription]()
        while true {
            let page = try await client.applications(after: all.last?.name)
            guard !page.isEmpty else { break }
            all += page
        }
        if self.output.isJSON {
            for application in all { try console.print(JSONLine.encode(application)) }
        } else if all.isEmpty {
            console.note("no applications yet: make one with `weir application create NAME`")
        } else {
            try ApplicationText.table(all).print(to: console)
        }
    }
}
