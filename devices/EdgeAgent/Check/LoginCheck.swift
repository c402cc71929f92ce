import EdgeCore
import Glibc

/// Who the agent would connect as, and where to.
struct LoginCheck {
    private static let check = "connection"

    let findings: [CheckFinding]
    /// `nil` when nothing says where the gateway is.
    let address: GatewayAddress?

    init(_ configuration: AgentConfiguration, file: String) {
        let hasProvisioning = configuration.provisioning.idScope != nil
        guard LoginSource.hasConnectionString(configuration) || hasProvisioning else {
            self.findings = [.warning(Self.check, Self.missing(configuration))]
            self.address = nil
            return
        }
        do throws(ConfigurationFaults) {
            let source = try LoginSource(configuration, file: file, kept: Self.kept(configuration))
            self.address = source.address
            self.findings = [.pass(Self.check, Self.text(source))]
        } catch {
            self.address = nil
            self.findings = error.faults.map { .failure(Self.check, "\($0)") }
        }
    }

    /// What the provisioning service said; read without the folder's lock, which a running agent has.
    private static func kept(_ configuration: AgentConfiguration) -> [UInt8]? {
        let folder = configuration.stateFolder ?? AgentConfiguration.stateFolderDefault
        return try? ConfigurationFile.read("\(folder)/\(LoginSource.file)", atMost: 4_096, what: "the registration")
    }

    private static func text(_ source: LoginSource) -> String {
        let place = "\(source.address.host):\(source.address.port)"
        switch source {
        case .fixed(let login):
            switch login.credential {
            case .key: return "device \(login.names.clientID) at \(place), with a key"
            case .certificate: return "device \(login.names.clientID) at \(place), with a certificate"
            }
        case .registered(_, let login?): return "device \(login.names.clientID) at \(place), as it was provisioned"
        case .registered(let registrar, nil): return "registers as \(registrar.id) with \(place) (provisioning)"
        }
    }

    /// A device that is not registered yet: `run` needs a connection string, but its sensors can be tried without.
    private static func missing(_ configuration: AgentConfiguration) -> String {
        guard let file = configuration.connection.file else {
            return "no connection string yet; `run` needs connection.connectionStringFile or "
                + AgentConfiguration.connectionStringVariable
        }
        return "no file \(file) yet; `run` needs the device's connection string in it"
    }
}
