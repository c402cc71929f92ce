import EdgeCore
import Glibc

/// Where the connection gets its login from.
enum LoginSource: Sendable {
    /// From the connection string.
    case fixed(Login)
    /// From the provisioning service; `kept` is what it said before.
    case registered(Registrar, kept: Login?)

    /// The name of the file in the state folder that keeps what the provisioning service said.
    static let file = "credential"

    /// Finds it: a connection string comes first, then what was kept, then the provisioning service.
    ///
    /// - Parameters:
    ///   - configuration: The checked configuration.
    ///   - file: Its path, for messages and as the base of relative paths.
    ///   - kept: The content of ``file`` in the state folder; `nil` when there is none.
    /// - Throws: What is missing or wrong; never a key.
    init(_ configuration: AgentConfiguration, file: String, kept: [UInt8]?) throws(ConfigurationFaults) {
        if !Self.hasConnectionString(configuration),
            let registrar = try Registrar(configuration, file: file, facts: BoardFacts.read())
        {
            let device = kept.flatMap { ProvisionedDevice(parsing: $0) }
            // Another registration in the configuration means another device.
            let isSame = device?.origin == registrar.origin
            self = .registered(
                registrar,
                kept: try device.flatMap { device throws(ConfigurationFaults) in
                    isSame ? try Self.login(device.connection, configuration, file: file) : nil
                }
            )
            return
        }
        let connection = try ConfigurationFile.connectionString(
            of: configuration,
            file: file,
            variable: ProcessEnvironment.value(of: AgentConfiguration.connectionStringVariable)
        )
        self = .fixed(try Self.login(connection, configuration, file: file))
    }

    /// Where to connect to first.
    var address: GatewayAddress {
        switch self {
        case .fixed(let login): login.address
        case .registered(let registrar, let kept): kept?.address ?? registrar.address
        }
    }

    /// Whether a connection string is there, be it right or wrong.
    static func hasConnectionString(_ configuration: AgentConfiguration) -> Bool {
        if let text = ProcessEnvironment.value(of: AgentConfiguration.connectionStringVariable), !text.isEmpty {
            return true
        }
        return configuration.connection.text != nil
            || configuration.connection.file.map { access($0, F_OK) == 0 } ?? false
    }

    static func login(
        _ connection: DeviceConnectionString,
        _ configuration: AgentConfiguration,
        file: String
    ) throws(ConfigurationFaults) -> Login {
        let address = try GatewayAddress(configuration, connection: connection, file: file)
        do throws(TokenSigner.Fault) {
            return try Login(connection, address: address)
        } catch {
            throw ConfigurationFaults([ConfigurationFault(file: file, message: error.message)])
        }
    }
}
