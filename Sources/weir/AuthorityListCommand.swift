import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir ca list`: the CA, the server's certificate and those of devices.
struct AuthorityListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the CA, the server certificate and the certificates of devices, as they were issued."
    )

    /// `--state`.
    enum State: String, ExpressibleByArgument, CaseIterable {
        case valid
        case ending
        case expired
        case revoked
    }

    @Argument(help: ArgumentHelp("Only those of this device, or device/module.", valueName: "name"))
    var name: String?

    @Option(help: "Only those of devices that are valid, ending (within 30 days), expired or revoked.")
    var state: State?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var table = AuthorityText.table()
        func show(_ document: JSONObject, kind: String) throws {
            guard self.output.isJSON else { return AuthorityText.add(document, kind: kind, to: &table) }
            var line: JSONObject = ["kind": .string(kind)]
            for member in document { line.set(member.name, to: member.value) }
            try console.print(line.description)
        }
        if self.name == nil, self.state == nil {
            let authority = try await client.authority()
            for document in authority["authorities"]?.array?.compactMap(\.object) ?? [] {
                try show(document, kind: document["inUse"] == .bool(true) ? "authority" : "former authority")
            }
            if let server = authority["server"]?.object { try show(server, kind: "server") }
        }
        var continuation: String?
        var count = 0
        repeat {
            let page = try await client.certificates(of: self.name, pageSize: 1_000, continuation: continuation)
            continuation = page.continuation
            for document in page.items where self.includes(document) {
                count += 1
                try show(document, kind: "device")
            }
        } while continuation != nil
        guard !self.output.isJSON else { return }
        if count > 0 || (self.name == nil && self.state == nil) { try table.print(to: console) }
        if count == 0 {
            let what = self.state.map { "\($0.rawValue) certificates" } ?? "certificates"
            console.note("no \(what)\(self.name.map { " of \($0)" } ?? " of devices"): `weir ca issue NAME` makes one")
        }
    }

    private func includes(_ document: JSONObject) -> Bool {
        guard let state = self.state else { return true }
        let found = AuthorityText.text(document, "state")
        // One that ends soon is valid still.
        return found == state.rawValue || state == .valid && found == State.ending.rawValue
    }
}
