import EdgeCore
import Glibc
import TelemetryModel

/// Registers the device with the provisioning service: one connection, one ``RegistrationExchange``.
///
/// Blocks the calling thread, within the exchange's limits; a signal lets it look whether to go on.
struct Registrar: Sendable {
    struct Fault: Error, Equatable {
        var message: String
    }

    /// How the device proves itself, there and afterwards.
    enum Proof: Sendable {
        /// Its own key, base64.
        case key(String)
        case certificate
    }

    private static let keyMaxBytes = 4_096
    private static let connackMax: Duration = .seconds(30)
    private static let keepAliveSeconds = 60
    private static let tokenLife: Duration = .seconds(3_600)

    let id: RegistrationID
    let address: GatewayAddress
    private let names: RegistrationNames
    private let proof: Proof
    private let signer: TokenSigner?

    /// Resolves what the configuration refers to.
    ///
    /// - Returns: `nil` when the configuration has no provisioning.
    /// - Throws: What is wrong with it, or with its key; never the key.
    init?(_ configuration: AgentConfiguration, file: String, facts: RegistrationID.Facts) throws(ConfigurationFaults) {
        let settings = configuration.provisioning
        guard let scope = settings.idScope, let template = settings.registrationID,
            let host = settings.host ?? configuration.mqtt.host
        else { return nil }
        do throws(RegistrationID.Fault) {
            self.id = try RegistrationID(template: template, facts: facts)
        } catch {
            let key = "provisioning.registrationId"
            throw ConfigurationFaults([ConfigurationFault(file: file, key: key, message: error.message)])
        }
        self.address = try GatewayAddress(configuration, host: host, port: settings.port, file: file)
        self.names = RegistrationNames(idScope: scope, id: self.id)
        let isGroup = settings.groupKeyFile != nil
        guard let keyFile = settings.groupKeyFile ?? settings.symmetricKeyFile else {
            self.proof = .certificate
            self.signer = nil
            return
        }
        do throws(ConfigurationFault) {
            let bytes = try ConfigurationFile.read(keyFile, atMost: Self.keyMaxBytes, what: "the key")
            let text = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
            do throws(TokenSigner.Fault) {
                let given = try TokenSigner(base64Key: text)
                let own = isGroup ? given.derivedKey(of: self.id) : text
                self.signer = try TokenSigner(base64Key: own)
                self.proof = .key(own)
            } catch {
                throw ConfigurationFault(file: keyFile, message: "holds no key; expected base64 on its first line")
            }
        } catch {
            throw ConfigurationFaults([error])
        }
    }

    /// Of which registration with whom.
    var origin: String { "\(self.names.resource) \(self.address.host):\(self.address.port)" }

    /// Whether a token, and so the time, is needed.
    var needsTime: Bool { self.signer != nil }

    /// Registers.
    ///
    /// - Parameters:
    ///   - tls: Prepared for ``address``; `nil` for none.
    ///   - now: The time, for the token.
    ///   - clock: For waiting.
    ///   - isStopping: Whether to give up; asked about once a second.
    /// - Returns: The device that was assigned.
    /// - Throws: What failed, in words.
    func register(
        tls: TLSContext?,
        now: Timestamp?,
        clock: SystemClock,
        isStopping: () -> Bool
    ) throws(Fault) -> ProvisionedDevice {
        let token = now.flatMap { now in
            self.signer?.token(resource: self.names.resource, expiry: now + Self.tokenLife)
        }
        let options = MosquittoClient.Options(
            clientID: self.names.clientID,
            userName: self.names.userName,
            password: token,
            address: self.address,
            tls: tls,
            keepAliveSeconds: Self.keepAliveSeconds,
            windowMessages: 1
        )
        do throws(MosquittoClient.Fault) {
            let client = try MosquittoClient(options)
            try client.connect()
            switch try self.exchange(client, clock: clock, isStopping: isStopping) {
            case .assigned(let assignment):
                client.disconnect()
                return ProvisionedDevice(connection: self.connection(assignment), origin: self.origin)
            case .failed(let message):
                throw MosquittoClient.Fault(message: message)
            }
        } catch {
            throw Fault(message: error.message)
        }
    }

    private func connection(_ assignment: RegistrationExchange.Assignment) -> DeviceConnectionString {
        let proof: DeviceConnectionString.Proof
        switch self.proof {
        case .key(let key): proof = .key(key, policy: nil)
        case .certificate: proof = .certificate
        }
        return DeviceConnectionString(hostName: assignment.hub, identity: assignment.device, proof: proof)
    }

    private func exchange(
        _ client: MosquittoClient,
        clock: SystemClock,
        isStopping: () -> Bool
    ) throws(MosquittoClient.Fault) -> RegistrationExchange.Outcome {
        var exchange: RegistrationExchange?
        let connackBy = clock.now + Self.connackMax
        while true {
            guard !isStopping() else { throw MosquittoClient.Fault(message: "the agent stops") }
            let now = clock.now
            var until = connackBy
            if exchange != nil {
                switch exchange?.next(at: now) {
                case .subscribe(let topic): try client.subscribe(topic)
                case .publish(let topic, let payload): _ = try client.publish(Array(payload.utf8), to: topic)
                case .rest(let instant): until = instant
                case .finish(let outcome): return outcome
                case nil: break
                }
            } else if now >= connackBy {
                throw MosquittoClient.Fault(message: "the provisioning service did not answer CONNECT in time")
            }
            for event in try client.wait(atMost: min(until - now, .seconds(1))) {
                switch event {
                case .accepted: exchange = RegistrationExchange(id: self.id, at: clock.now)
                case .refused(let code):
                    throw MosquittoClient.Fault(
                        message:
                            "the provisioning service refuses '\(self.id)' (code \(code)): check its enrollment, key and scope"
                    )
                case .subscribed(_, let isGranted): exchange?.subscribed(isGranted: isGranted, at: clock.now)
                case .received(let topic, let payload):
                    exchange?.received(topic: topic, payload: payload, at: clock.now)
                case .acknowledged: break
                }
            }
        }
    }
}
