import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir ca init`: makes a CA, or puts one in another's place.
struct AuthorityInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a CA where there is none, or put another in its place.",
        discussion: """
            With --replace a new CA signs from now on, the server certificate too, and the old one is trusted still: \
            nothing has to be changed at once. Clients that trust the old CA accept the new server certificate, and \
            devices come in with the certificates they have. Then give every device a certificate of the new CA and \
            every client the new tls/ca.pem, and end the change-over with `weir ca retire`.

            With --distrust-old, for a CA whose key somebody else may have, nothing that the old one signed is good any \
            more: devices that came in by it are cut off, and clients connect when they have the new tls/ca.pem.
            """
    )

    @Flag(help: "Put a new CA in the place of the one in use.")
    var replace = false

    @Flag(help: "With --replace: trust the old one no more, from now on.")
    var distrustOld = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.distrustOld, !self.replace { throw ValidationError("--distrust-old goes with --replace") }
    }

    func run() async throws {
        let client = try self.connection.client()
        let known = AuthorityText.inUse(try await client.authority())
        if let known, !self.replace {
            throw CommandFailure(
                "there is a CA already, good until \(AuthorityText.text(known, "notAfter")): `weir ca issue NAME` uses it, "
                    + "`weir ca init --replace` puts another in its place"
            )
        }
        let made = try await client.beginAuthority(
            replacing: known.map { AuthorityText.text($0, "serial") },
            trustsFormer: !self.distrustOld
        )
        try AuthorityText.print(made, isJSON: self.output.isJSON)
        guard !self.output.isJSON else { return }
        let console = Console.current
        if known != nil, !self.distrustOld {
            console.note("the old CA is trusted still: `weir ca retire` when devices and clients have what is new")
        }
        if !AuthorityText.text(made, "trust").isEmpty { console.note("clients trust tls/ca.pem of the data folder") }
    }
}
