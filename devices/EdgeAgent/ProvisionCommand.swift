import EdgeCore
import Glibc
import TelemetryJSON

/// `weir-agent provision`: registers this board, whatever was kept before, and keeps who it is.
struct ProvisionCommand {
    let configurationFile: String
    let printsJSON: Bool

    /// - Throws: What is in the way.
    func run() throws(ConfigurationFaults) {
        let configuration = try ConfigurationFile.load(self.configurationFile)
        guard !LoginSource.hasConnectionString(configuration) else {
            throw self.fault("a connection string is set and wins; remove it to have this board provisioned")
        }
        guard let registrar = try Registrar(configuration, file: self.configurationFile, facts: BoardFacts.read())
        else {
            throw self.fault("provisioning.idScope is not set; config/agent.yaml explains what provisioning needs")
        }
        try self.becomeOwner(of: configuration.stateFolder ?? AgentConfiguration.stateFolderDefault)
        guard let folder = try Agent.stateFolder(of: configuration, file: self.configurationFile) else {
            throw self.fault("there is no state folder to keep the registration in; set spool.directory")
        }
        ConnectLimit.install()
        ConnectLimit.enableOnThisThread()
        let clock = SystemClock()
        let journal = Journal()
        let connector = Connector(
            configuration,
            logins: .registered(registrar, kept: nil),
            clock: clock,
            wallClock: WallClock(
                configuration,
                system: clock,
                memory: TimeMemory(folder: folder.path),
                journal: journal
            ),
            journal: journal,
            keep: { Agent.keep($0, as: LoginSource.file, in: folder) },
            isStopping: { false }
        )
        do throws(MosquittoClient.Fault) {
            self.print(try connector.register())
        } catch {
            throw self.fault(error.message)
        }
    }

    /// Root becomes the user whose folder it is: what root wrote there the service could not read, and where somebody else
    /// may make links root should not write.
    private func becomeOwner(of folder: String) throws(ConfigurationFaults) {
        var status = stat()
        guard geteuid() == 0, stat(folder, &status) == 0, status.st_uid != 0 else { return }
        guard setgroups(0, nil) == 0, setgid(status.st_gid) == 0, setuid(status.st_uid) == 0 else {
            throw self.fault("cannot become the user who owns \(folder): \(LinuxError.text(errno))")
        }
    }

    private func print(_ login: Login) {
        guard self.printsJSON else {
            return StandardOutput.write(line: "✓ this is \(login.names.clientID) of \(login.hub)")
        }
        var writer = JSONWriter(capacity: 120)
        writer.beginObject()
        writer.key("device")
        writer.string(login.names.clientID)
        writer.key("hub")
        writer.string(login.hub)
        writer.endObject()
        StandardOutput.write(writer.bytes + [0x0A])
    }

    private func fault(_ message: String) -> ConfigurationFaults {
        ConfigurationFaults([ConfigurationFault(file: self.configurationFile, message: message)])
    }
}
