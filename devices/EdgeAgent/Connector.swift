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

    private let logins: LoginSource
    private let settings: AgentConfiguration
    private let clock: SystemClock
    private let wallClock: WallClock
    private let journal: Journal
    private var tls: TLSContext?
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
        journal: Journal
    ) {
        self.settings = settings
        self.logins = logins
        self.clock = clock
        self.wallClock = wallClock
        self.journal = journal
    }

    /// Connects TCP and TLS, within limits, and sends CONNECT.
    ///
    /// - Throws: What is in the way, in words; the time when that is it.
    func connect() throws(MosquittoClient.Fault) -> (client: MosquittoClient, login: Login) {
        let address = self.logins.address
        self.wallClock.look()
        let timeTrouble = self.askForTime(address)
        let login: Login
        switch self.logins {
        case .fixed(let fixed): login = fixed
        }
        let password: String?
        switch login.credential {
        case .certificate: password = nil
        case .key(let signer, let policy):
            guard let now = self.wallClock.now else { throw MosquittoClient.Fault(message: Self.noTime(timeTrouble)) }
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

    /// While a connection is in use, about once a second: looks at the clocks, and has the gateway asked when only it
    /// knows the time and was not asked for long.
    func tick() {
        self.wallClock.look()
        let address = self.logins.address
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
                let (answer, roundTrip) = try? TimeClient(host: address.host, port: port, clock: clock).ask(tls)
            else { return }
            wallClock.gatewayAnswered(answer, roundTrip: roundTrip)
        }
    }

    private var interval: Duration { .seconds(self.settings.clock.gatewayIntervalSeconds) }

    /// Asks the gateway when nobody knows the time, or nobody has said it for long.
    ///
    /// - Returns: Why it could not be asked; `nil` when it could, or was not.
    private func askForTime(_ address: GatewayAddress) -> String? {
        guard address.usesTLS, self.wallClock.needsGateway(interval: self.interval) else { return nil }
        do throws(MosquittoClient.Fault) {
            let tls = try self.context(for: address)
            let client = TimeClient(host: address.host, port: self.settings.clock.gatewayPort, clock: self.clock)
            do throws(TimeClient.Fault) {
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
