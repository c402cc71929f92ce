import ArgumentParser
import GatewayClient

/// The password and the topics of a device or an application.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A file whose first line is the password; - for standard input.", valueName: "file")
    )
    var passwordFile: String?

    @Option(
        help: ArgumentHelp(
            "A topic filter it may publish to, such as sensors/{device}/#; may be repeated.",
            valueName: "filter"
        )
    )
    var publish: [String] = []

    @Option(help: ArgumentHelp("A topic filter it may subscribe to; may be repeated.", valueName: "filter"))
    var subscribe: [String] = []

    @Option(help: ArgumentHelp("Messages a second it may publish; 0 is no limit.", valueName: "n"))
    var messagesPerSecond: Int?

    @Option(help: ArgumentHelp("Bytes a second it may send; 0 is no limit.", valueName: "n"))
    var bytesPerSecond: Int?

    @Option(help: ArgumentHelp("How often a minute it may connect; 0 is no limit.", valueName: "n"))
    var connectsPerMinute: Int?

    func validate() throws {
        for (name, value) in [
            ("messages-per-second", self.messagesPerSecond), ("bytes-per-second", self.bytesPerSecond),
            ("connects-per-minute", self.connectsPerMinute),
        ] {
            if let value, value < 0 { throw ValidationError("--\(name) is \(value), expected 0 or more") }
        }
    }

    /// What the options ask for.
    ///
    /// - Parameters:
    ///   - owner: whose password, for the prompt.
    ///   - asksForPassword: whether a password is needed though no file was named.
    ///   - current: limits that stay where no option names them.
    /// - Returns: the change; empty when no option is given.
    /// - Throws: `CommandFailure` when the password cannot be read.
    func change(
        of owner: String,
        asksForPassword: Bool = false,
        current: AccessDescription.Limits? = nil
    ) throws -> AccessChange {
        var change = AccessChange()
        if self.passwordFile != nil || asksForPassword {
            change.password = .set(try SecretReader.password(path: self.passwordFile, owner: owner))
        }
        if !self.publish.isEmpty { change.publish = self.publish }
        if !self.subscribe.isEmpty { change.subscribe = self.subscribe }
        if self.messagesPerSecond != nil || self.bytesPerSecond != nil || self.connectsPerMinute != nil {
            change.limits = AccessDescription.Limits(
                messagesPerSecond: self.messagesPerSecond ?? current?.messagesPerSecond,
                bytesPerSecond: self.bytesPerSecond ?? current?.bytesPerSecond,
                connectsPerMinute: self.connectsPerMinute ?? current?.connectsPerMinute
            )
        }
        return change
    }
}

/// What an update takes away.
struct AccessRemovalOptions: ParsableArguments {
    @Flag(help: "Take the password away.")
    var noPassword = false

    @Flag(help: "Take all topics for publishing away.")
    var noPublish = false

    @Flag(help: "Take all topics for subscribing away.")
    var noSubscribe = false

    /// The change with what these take away.
    func applied(to change: AccessChange) -> AccessChange {
        var change = change
        if self.noPassword { change.password = .remove }
        if self.noPublish { change.publish = [] }
        if self.noSubscribe { change.subscribe = [] }
        return change
    }

    /// Whether an option of `access` gives what one of these takes.
    func check(against access: AccessOptions) throws {
        if self.noPassword, access.passwordFile != nil {
            throw ValidationError("--no-password and --password-file exclude each other")
        }
        if self.noPublish, !access.publish.isEmpty {
            throw ValidationError("--no-publish and --publish exclude each other")
        }
        if self.noSubscribe, !access.subscribe.isEmpty {
            throw ValidationError("--no-subscribe and --subscribe exclude each other")
        }
    }
}
