import ArgumentParser
import GatewayClient
import HubProtocol

/// `weir device create ID…`: registers devices and prints how they connect.
struct DeviceCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Register devices and print their connection strings.",
        discussion: """
            A device with --auth password connects with its id as user name and any client id; so does every other \
            device that is given a password. Without --password-file the password is asked for, or read from \
            standard input.

            An id like dev1/mod1 makes the module mod1 of the device dev1, which must be there.

            Examples:
              weir device create dev1 dev2
              weir device create dev1/mod1
              weir device create dev3 --auth x509-thumbprint --certificate dev3.pem
            """
    )

    @Argument(help: ArgumentHelp("The new devices' ids, or device/module.", valueName: "id"))
    var ids: [String]

    @Option(help: "How they prove themselves: sas, x509-thumbprint, x509-ca or password.")
    var auth: AuthenticationOption?

    @Option(help: ArgumentHelp("Base64 of 16 to 64 bytes; made by the gateway when not given.", valueName: "key"))
    var primaryKey: String?

    @Option(help: ArgumentHelp("Base64 of 16 to 64 bytes; made by the gateway when not given.", valueName: "key"))
    var secondaryKey: String?

    @OptionGroup var certificate: CertificateOptions

    @Option(help: ArgumentHelp("The thumbprint of the certificate that will follow.", valueName: "hex"))
    var secondaryThumbprint: String?

    @OptionGroup var access: AccessOptions

    @Flag(help: "Register them disabled: they may not connect yet.")
    var disabled = false

    @Option(help: ArgumentHelp("Of a module: who looks after it, up to 128 characters.", valueName: "text"))
    var managedBy: String?

    @Option(help: ArgumentHelp("The host name devices connect to. (default: the hub's own name)", valueName: "name"))
    var host: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// `--auth`, or what the other options say.
    private var kind: AuthenticationOption {
        self.auth ?? (self.certificate.isGiven || self.secondaryThumbprint != nil ? .x509Thumbprint : .sas)
    }

    func validate() throws {
        let hasKeys = self.primaryKey != nil || self.secondaryKey != nil
        let hasThumbprints = self.certificate.isGiven || self.secondaryThumbprint != nil
        if self.ids.count > 1, hasKeys || hasThumbprints || self.access.passwordFile != nil || self.auth == .password {
            throw ValidationError(
                "keys, certificates and passwords can be given for one device at a time; "
                    + "use `weir device import` for many"
            )
        }
        if self.disabled || self.auth == .password, let module = self.ids.first(where: { $0.contains("/") }) {
            throw ValidationError("\(module) is a module: its device's status and password count for it, too")
        }
        if self.managedBy != nil, let device = self.ids.first(where: { !$0.contains("/") }) {
            throw ValidationError("--managed-by is for modules, and \(device) is a device")
        }
        if hasKeys, self.kind != .sas { throw ValidationError("keys are for --auth sas only") }
        if hasThumbprints, self.kind != .x509Thumbprint {
            throw ValidationError("a certificate's thumbprint is for --auth x509-thumbprint only")
        }
        if self.kind == .x509Thumbprint, !hasThumbprints {
            throw ValidationError("--auth x509-thumbprint needs --thumbprint or --certificate")
        }
    }

    func run() async throws {
        let client = try self.connection.client()
        let thumbprint = try self.certificate.value()
        for id in self.ids {
            let wanted = NewDevice(
                id: id,
                status: self.disabled ? "disabled" : "enabled",
                authentication: self.kind.authentication(
                    keys: (self.primaryKey, self.secondaryKey),
                    thumbprints: (thumbprint, self.secondaryThumbprint)
                ),
                access: try self.access.change(of: id, asksForPassword: self.kind == .password),
                managedBy: self.managedBy
            )
            try self.report(try await client.createDevice(wanted), host: client.connection.deviceHostName)
        }
    }

    private func report(_ device: DeviceDescription, host: String) throws {
        let console = Console.current
        var string: String?
        switch self.kind {
        case .sas:
            string =
                ConnectionString(
                    hostName: self.host ?? host,
                    deviceID: device.deviceId,
                    moduleID: device.moduleId,
                    sharedAccessKey: device.authentication.symmetricKey.primaryKey
                ).description
        case .x509Thumbprint, .x509CA:
            // As the device SDKs write it. Source: Azure IoT device SDK, "X509 connection string".
            string =
                ConnectionString(hostName: self.host ?? host, deviceID: device.deviceId, moduleID: device.moduleId)
                .description + ";x509=true"
        case .password:
            string = nil
        }
        if self.output.isJSON {
            try console.print(DeviceText.json(device, connectionString: string))
        } else {
            try console.print(string ?? "HostName=\(self.host ?? host);UserName=\(device.deviceId)")
        }
    }
}
