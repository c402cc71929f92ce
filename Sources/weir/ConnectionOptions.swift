import ArgumentParser
import GatewayClient
import Glibc
import HubProtocol

/// How a command finds the gateway.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The gateway's data folder. (default: the gateway of WEIR_CONNECTION_STRING, else ./weir-data)",
            valueName: "dir"
        )
    )
    var folder: String?

    /// The variables that commands look at; tests put their own in place.
    @TaskLocal static var environment = ConnectionOptions.processEnvironment

    /// The gateway's address and credentials.
    func connection() throws(GatewayClientError) -> GatewayConnection {
        try GatewayConnection.resolve(data: self.folder, environment: ConnectionOptions.environment)
    }

    /// A client for the gateway.
    func client() throws(GatewayClientError) -> GatewayClient {
        GatewayClient(connection: try self.connection())
    }

    /// The connection string in the environment, where it counts.
    var environmentString: String? {
        guard self.folder == nil else { return nil }
        let text = ConnectionOptions.environment[GatewayConnection.environmentVariable]
        return text?.isEmpty == true ? nil : text
    }

    /// The data folder, where it counts.
    var dataFolder: GatewayFolder {
        GatewayFolder(self.folder ?? GatewayFolder.defaultPath)
    }

    private static var processEnvironment: [String: String] {
        let name = GatewayConnection.environmentVariable
        return getenv(name).map { [name: String(cString: $0)] } ?? [:]
    }
}

/// The switch to JSON.
struct OutputOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON; lists as one line for each entry.")
    var isJSON = false
}

extension ConnectionOptions {
    /// The service connection string of a policy, without asking the gateway.
    ///
    /// - Parameters:
    ///   - policy: the policy's name; `nil`: the one in the environment's string, else `iothubowner`.
    ///   - host: the host name to write instead.
    /// - Returns: the string.
    /// - Throws: `GatewayClientError.setup`; a connection string in the environment holds one policy only.
    func serviceString(policy: String?, host: String? = nil) throws(GatewayClientError) -> ConnectionString {
        guard let text = self.environmentString else {
            return try GatewayConnection.connectionString(
                of: self.dataFolder,
                policy: policy ?? "iothubowner",
                host: host
            )
        }
        _ = try GatewayConnection(connectionString: text)
        var string: ConnectionString
        do {
            string = try ConnectionString(parsing: text)
        } catch {
            throw .setup("\(GatewayConnection.environmentVariable) cannot be read: \(error)")
        }
        if let policy, string.sharedAccessKeyName != policy {
            let own = string.sharedAccessKeyName ?? ""
            throw .setup(
                "\(GatewayConnection.environmentVariable) has the key of policy \(own) only: "
                    + "name the gateway's data folder with --data to use \(policy)"
            )
        }
        if let host { string.hostName = host }
        return string
    }
}
