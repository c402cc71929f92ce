import ArgumentParser

/// `weir ca …`: the built-in CA.
struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca",
        abstract: "Give devices certificates of the gateway's own CA, take them back, and renew what ends.",
        discussion: """
            The gateway makes a CA and its server certificate at its first start, and renews the server certificate by \
            itself. Clients trust tls/ca.pem of the data folder.
            """,
        subcommands: [
            AuthorityIssueCommand.self, AuthorityListCommand.self, AuthorityRevokeCommand.self,
            AuthorityRenewCommand.self, AuthorityInitCommand.self, AuthorityRetireCommand.self,
        ]
    )
}
