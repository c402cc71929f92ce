import ArgumentParser
import GatewayClient

/// `weir device list`: all devices, page by page.
struct DeviceListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List devices in order of their ids."
    )

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var max: Int?

    @Option(help: ArgumentHelp("Only ids behind this one.", valueName: "id"))
    var after: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let max, max < 0 { throw ValidationError("--max is \(max), expected 0 or more") }
    }

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var left = self.max ?? .max
        var shown = 0
        var after = self.after
        while left > 0 {
            // A table is aligned page by page, so that the first one shows at once.
            let limit = Swift.min(left, GatewayClient.devicesPerPage)
            let page = try await client.devices(after: after, limit: limit)
            guard let last = page.last else { break }
            if self.output.isJSON {
                var lines = ""
                for device in page { lines += try DeviceText.json(device) + "\n" }
                try console.output(Array(lines.utf8))
            } else {
                let lines = DeviceText.table(page).lines(for: console).dropFirst(shown == 0 ? 0 : 1)
                try console.output(Array((lines.joined(separator: "\n") + "\n").utf8))
            }
            after = last.deviceId
            left -= page.count
            shown += page.count
            if page.count < limit { break }
        }
        if shown == 0, !self.output.isJSON {
            console.note(
                self.after == nil
                    ? "no devices yet: make one with `weir device create ID`" : "no devices behind that id"
            )
        }
    }
}
