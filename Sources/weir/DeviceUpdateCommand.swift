import ArgumentParser
import GatewayClient

/// `weir device update ID`: changes a device; what no option names stays.
struct DeviceUpdateCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change a device; what no option names stays.",
        discussion: """
            A change of keys, certificate, password, topics or status closes the device's connections: the new ones \
            are made under the new rules. --publish and --subscribe replace the whole list.

            Examples:
              weir device update dev1 --disable --reason stolen
              weir device update dev1 --auth sas            # two new keys
              weir device update dev1/mod1 --auth sas
            """
    )

    @Argument(help: "The device's id, or device/module.")
    var id: String

    @Flag(help: "It may connect.")
    var enable = false

    @Flag(help: "It may not connect.")
    var disable = false

    @Option(help: ArgumentHelp("Why it is enabled or disabled, up to 128 characters.", valueName: "text"))
    var reason: String?

    @Option(help: "How it proves itself from now on: sas, x509-thumbprint, x509-ca or password.")
    var auth: AuthenticationOption?

    @Option(help: ArgumentHelp("A new primary key; without it --auth sas makes new ones.", valueName: "key"))
    var primaryKey: String?

    @Option(help: ArgumentHelp("A new secondary key.", valueName: "key"))
    var secondaryKey: String?

    @OptionGroup var certificate: CertificateOptions

    @Option(help: ArgumentHelp("The thumbprint of the certificate that will follow.", valueName: "hex"))
    var secondaryThumbprint: String?

    @OptionGroup var access: AccessOptions
    @OptionGroup var removals: AccessRemovalOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    private var hasKeys: Bool { self.primaryKey != nil || self.secondaryKey != nil }
    private var hasThumbprints: Bool { self.certificate.isGiven || self.secondaryThumbprint != nil }

    func validate() throws {
        if self.enable, self.disable { throw ValidationError("--enable and --disable exclude each other") }
        if self.hasKeys, self.hasThumbprints { throw ValidationError("keys and certificates exclude each other") }
        if self.hasKeys, let auth, auth != .sas { throw ValidationError("keys are for --auth sas only") }
        if self.hasThumbprints, let auth, auth != .x509Thumbprint {
            throw ValidationError("a certificate's thumbprint is for --auth x509-thumbprint only")
        }
        if self.auth == .password, self.removals.noPassword {
            throw ValidationError("--auth password and --no-password exclude each other")
        }
        try self.removals.check(against: self.access)
    }

    func run() async throws {
        let client = try self.connection.client()
        let device = try await client.device(self.id)
        if device.moduleId != nil, self.enable || self.disable || self.reason != nil {
            throw CommandFailure("a module has no status of its own: enable or disable its device \(device.deviceId)")
        }
        let needsPassword = self.auth == .password && device.weir?.hasPassword != true
        let wanted = NewDevice(
            id: self.id,
            status: self.enable ? "enabled" : self.disable ? "disabled" : device.status ?? "enabled",
            statusReason: self.reason ?? device.statusReason,
            authentication: try self.authentication(replacing: device.authentication),
            access: self.removals.applied(
                to: try self.access.change(
                    of: self.id,
                    asksForPassword: needsPassword,
                    current: device.weir?.limits
                )
            ),
            managedBy: device.managedBy
        )
        let updated = try await client.updateDevice(wanted, etag: device.etag)
        let console = Console.current
        if self.output.isJSON {
            try console.print(DeviceText.json(updated))
        } else {
            for line in DeviceText.details(updated, for: console) { try console.print(line) }
        }
    }

    /// The new authentication; `nil` when no option is about it. A key or thumbprint that is not named stays.
    private func authentication(
        replacing current: DeviceDescription.Authentication
    ) throws -> DeviceAuthentication? {
        let implied: AuthenticationOption? = self.hasKeys ? .sas : self.hasThumbprints ? .x509Thumbprint : nil
        guard let kind = self.auth ?? implied else { return nil }
        let keeps = self.hasKeys && current.type == "sas"
        return kind.authentication(
            keys: (
                self.primaryKey ?? (keeps ? current.symmetricKey.primaryKey : nil),
                self.secondaryKey ?? (keeps ? current.symmetricKey.secondaryKey : nil)
            ),
            thumbprints: (
                try self.certificate.value() ?? current.x509Thumbprint?.primaryThumbprint,
                self.secondaryThumbprint ?? current.x509Thumbprint?.secondaryThumbprint
            )
        )
    }
}
