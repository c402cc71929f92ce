import ArgumentParser
import GatewayClient

/// `weir device list`: all devices, page by page.
struct DeviceListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List devices in order of their ids, or the modules of one.",
        discussion: """
            To find devices by their twins: `weir device query`.

            Examples:
              weir device list --max 20
              weir device list --modules dev1
              weir device list --json | jq -r .deviceId
            """
    )

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var max: Int?

    @Option(help: ArgumentHelp("Only ids behind this one.", valueName: "id"))
    var after: String?

    @Option(help: ArgumentHelp("The modules of this device instead.", valueName: "id"))
    var modules: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let max, max < 0 { throw ValidationError("--max is \(max), expected 0 or more") }
        if self.modules != nil, self.max != nil || self.after != nil {
            throw ValidationError("--modules shows all modules of a device: without --max and --after")
        }
    }

    func run() async throws {
        let client = try self.connection.client()
        if let device = self.modules { return try await self.listModules(of: device, with: client) }
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

    private func listModules(of device: String, with client: GatewayClient) async throws {
        let modules = try await client.modules(of: device)
        let console = Console.current
        if self.output.isJSON {
            for module in modules { try console.print(DeviceText.json(module)) }
        } else if modules.isEmpty {
            console.note("\(device) has no modules: make one with `weir device create \(device)/NAME`")
        } else {
            try DeviceText.table(modules).print(to: console)
        }
    }
}
