import EdgeCore
import Synchronization
import TelemetryModel

/// Makes connections: finds out what time it is, proves who the device is, opens TLS and sends CONNECT.
///
/// Invariants:
/// - A token is only made when the time is known; a certificate needs no time, and connects without.
/// - The gateway is asked for the time before a connection, or, while one is in use, on a thread of its own.
///
/// Confined to the uplink's thread.
final class Connector {
    /// How long a failed question for the time waits for the next, while a connection is in use.
    private static let askAgainAfter: Duration = .seconds(60)

    /// So many refusals in a row, and a board that was provisioned asks anew who it is.
    private static let refusalsMax = 3

    private let logins: LoginSource
    private let settings: AgentConfiguration
    private let clock: SystemClock
    private let wallClock: WallClock
    private let journal: Journal
    /// Keeps what the provisioning service said; returns why it could not.
    private let keep: @Sendable ([UInt8]) -> String?
    private let isStopping: () -> Bool
    private var tls: TLSContext?
    /// What the provisioning service said; `nil` when it is to be asked.
    private var registered: Login?
    private var refusals = 0
    /// Asks the gateway for the time while a connection is in use.
    private var asking: NamedThread?
    private var askNotBefore: Duration = .zero
    /// The login of the connection made last.
    private(set) var login: Login?

    init(
        _ settings: AgentConfiguration,
        logins: LoginSource,
        clock: SystemClock,
        wallClock: WallClock,
        journal: Journal,
        keep: @escaping @Sendable ([UInt8]) -> String?,
        isStopping: @escaping () -> Bool
    ) {
        self.settings = settings
        self.logins = logins
        self.clock = clock
        self.wallClock = wallClock
        self.journal = journal
        self.keep = keep
        self.isStopping = isStopping
        if case .registered(_, let kept) = logins { self.registered = kept }
    }

    /// Connects TCP and TLS, within limits, and sends CONNECT.
    ///
    /// - Throws: What is in the way, in words; the time when that is it.
    func connect() throws(MosquittoClient.Fault) -> (client: MosquittoClient, login: Login) {
        self.wallClock.look()
        let timeTrouble = self.askForTime(self.address)
        let login = try self.currentLogin(timeTrouble)
        let password: String?
        switch login.credential {
        case .certificate: password = nil
        case .key(let signer, let policy):
            let now = try self.knownTime(timeTrouble)
            let expiry = now + .seconds(self.settings.mqtt.tokenLifeSeconds)
            password = signer.token(resource: login.names.resource, expiry: expiry, policy: policy)
        }
        let options = MosquittoClient.Options(
            clientID: login.names.clientID,
            userName: login.names.userName,
            password: password,
            address: login.address,
            tls: login.address.usesTLS ? try self.context(for: login.address) : nil,
            keepAliveSeconds: self.settings.mqtt.keepAliveSeconds,
            windowMessages: self.settings.mqtt.windowMessages
        )
        let client = try MosquittoClient(options)
        try client.connect()
        self.login = login
        return (client, login)
    }

    /// Asks the provisioning service who this is, whatever was kept.
    ///
    /// - Returns: As whom and where it connects from now on.
    /// - Throws: What is in the way, in words.
    func register() throws(MosquittoClient.Fault) -> Login {
        self.registered = nil
        self.wallClock.look()
        return try self.currentLogin(self.askForTime(self.address))
    }

    /// While a connection is in use, about once a second: looks at the clocks, and has the gateway asked when only it
    /// knows the time and was not asked for long.
    func tick() {
        self.wallClock.look()
        let address = self.address
        let now = self.clock.now
        guard address.usesTLS, now >= self.askNotBefore, self.wallClock.needsGateway(interval: self.interval) else {
            return
        }
        self.askNotBefore = now + Self.askAgainAfter
        if let asking = self.asking, !asking.wait(atMost: .zero) { return }
        let (port, clock, wallClock) = (self.settings.clock.gatewayPort, self.clock, self.wallClock)
        self.asking = NamedThread("time") {
            let time = wallClock.verificationTime
            // What fails is tried again; the clock's state says that the time is not known, or old.
            guard let tls = try? TLSContext(host: address.host, files: address.files, time: time),
                let (answer, roundTrip) = try? TimeClient(port: port, clock: clock).ask(tls)
            else { return }
            wallClock.gatewayAnswered(answer, roundTrip: roundTrip)
        }
    }

    /// CONNACK 0.
    func accepted() {
        self.refusals = 0
    }

    /// CONNACK with another code. A board that was provisioned may have been moved, or been deleted with its hub: after
    /// some refusals it registers anew.
    func refused(code: Int32) {
        guard code == 5, self.registered != nil else { return }
        self.refusals += 1
        guard self.refusals >= Self.refusalsMax else { return }
        self.refusals = 0
        self.registered = nil
        self.journal(.notice, "the gateway does not know this device any more; registering it anew")
    }

    private var address: GatewayAddress {
        switch self.logins {
        case .fixed(let login): login.address
        case .registered(let registrar, _): self.registered?.address ?? registrar.address
        }
    }

    /// Who to connect as; asks the provisioning service when nobody has said so yet.
    private func currentLogin(_ timeTrouble: String?) throws(MosquittoClient.Fault) -> Login {
        let registrar: Registrar
        switch (self.logins, self.registered) {
        case (.fixed(let login), _): return login
        case (.registered, let login?): return login
        case (.registered(let found, _), nil): registrar = found
        }
        let now = registrar.needsTime ? try self.knownTime(timeTrouble) : self.wallClock.now
        let address = registrar.address
        let tls = address.usesTLS ? try self.context(for: address) : nil
        let device: ProvisionedDevice
        do throws(Registrar.Fault) {
            device = try registrar.register(
                tls: tls,
                now: now,
                clock: self.clock,
                isStopping: self.isStopping
            )
        } catch {
            throw MosquittoClient.Fault(message: "not registered: \(error.message)")
        }
        let login = try self.login(of: device)
        self.journal(.notice, "registered with \(address.host):\(address.port): this is \(device.connection.identity)")
        if let trouble = self.keep(device.bytes) {
            self.journal(.warning, "the registration is not kept for the next start: \(trouble)")
        }
        self.registered = login
        return login
    }

    private func login(of device: ProvisionedDevice) throws(MosquittoClient.Fault) -> Login {
        do throws(ConfigurationFaults) {
            return try LoginSource.login(device.connection, self.settings, file: "the registration")
        } catch {
            throw MosquittoClient.Fault(message: error.faults.map(\.description).joined(separator: "; "))
        }
    }

    private func knownTime(_ trouble: String?) throws(MosquittoClient.Fault) -> Timestamp {
        guard let now = self.wallClock.now else { throw MosquittoClient.Fault(message: Self.noTime(trouble)) }
        return now
    }

    private var interval: Duration { .seconds(self.settings.clock.gatewayIntervalSeconds) }

    /// Asks the gateway when nobody knows the time, or nobody has said it for long.
    ///
    /// - Returns: Why it could not be asked; `nil` when it could, or was not.
    private func askForTime(_ address: GatewayAddress) -> String? {
        guard address.usesTLS, self.wallClock.needsGateway(interval: self.interval) else { return nil }
        do throws(MosquittoClient.Fault) {
            let tls = try self.context(for: address)
            let client = TimeClient(port: self.settings.clock.gatewayPort, clock: self.clock)
            do throws(TLSStream.Fault) {
                let (answer, roundTrip) = try client.ask(tls)
                self.wallClock.gatewayAnswered(answer, roundTrip: roundTrip)
                return nil
            } catch {
                return error.message
            }
        } catch {
            return error.message
        }
    }

    /// The context of a host, made anew when one of its files was replaced; prepared for one connection.
    private func context(for address: GatewayAddress) throws(MosquittoClient.Fault) -> TLSContext {
        let time = self.wallClock.verificationTime
        if let tls = self.tls, tls.host == address.host, tls.files == address.files, !tls.isOutdated {
            tls.prepare(at: time)
            return tls
        }
        do throws(TLSContext.Fault) {
            let tls = try TLSContext(host: address.host, files: address.files, time: time)
            self.tls = tls
            return tls
        } catch {
            throw MosquittoClient.Fault(message: error.message)
        }
    }

    private static func noTime(_ trouble: String?) -> String {
        "nobody knows what time it is, so no token is made: the kernel's clock is not synchronised, and "
            + (trouble.map { "the gateway did not say (\($0))" } ?? "the gateway's answer is not believed")
    }
}
