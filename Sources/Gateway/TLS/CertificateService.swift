package import CoreMetrics
package import DeviceRegistry
import FoundationEssentials
package import Logging
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization
import TLSTransport
package import TelemetryModel
import UnixSignals
import X509

/// The gateway's certificates while it runs: the built-in CA, what it issues, and the TLS listeners' certificate.
///
/// - Every hour, at a signal and when an operator asks, the server's certificate is looked at: one of the built-in CA is
///   renewed 30 days before its end, an operator's file is read again. New connections get what is new, those open stay.
///   What cannot be read or renewed is told, and the certificate before it stays in use.
/// - A certificate is in the registry before its device gets it, and its revocation before it is said to be revoked.
/// - What ends is told in the log once a day, in metrics and in ``authority()``.
///
/// Threads: files and database on blocking threads, one operation after the other.
package final class CertificateService: Service {
    /// What is known without asking disk or registry.
    struct State {
        var succession: AuthoritySuccession?
        var server: ServerTLS.Identity?
        var counts = CertificateCounts()
        var renewalFault: String?
        /// Told of marks of certificates that were revoked.
        var onRevocation: @Sendable (Set<Int>) -> Void = { _ in }
    }

    /// Between two looks.
    private static let interval = Duration.seconds(3_600)
    /// Looks between two warnings in the log.
    private static let looksPerWarning = 24

    let folder: DataFolder
    let configuration: GatewayConfiguration
    let store: any IssuedCertificateStore
    /// Whose client certificates are good.
    let clientAuthorities: ClientAuthorities
    /// What the TLS listeners show; `nil` without any.
    let contexts: TLSContextSource?
    let state: Mutex<State>
    let logger: Logger
    let now: @Sendable () -> Timestamp
    private let signals: Mutex<[UnixSignal]> = Mutex([])
    private let meters: CertificateMeters
    /// Held for an operation on files and registry, on a blocking thread: they are rare and last milliseconds.
    private let work = Mutex(())

    /// Reads the certificates, making those that are missing. Blocks.
    ///
    /// - Parameters:
    ///   - folder: holds `tls/`.
    ///   - configuration: the listeners, names and files.
    ///   - store: remembers what was issued.
    ///   - metrics: where ends are told.
    ///   - logger: gets warnings and what is done.
    ///   - now: wall time.
    /// - Throws: `StartError` naming the file.
    package init(
        folder: DataFolder,
        configuration: GatewayConfiguration,
        store: any IssuedCertificateStore,
        metrics: any MetricsFactory,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) throws(StartError) {
        self.folder = folder
        self.configuration = configuration
        self.store = store
        self.logger = logger
        self.now = now
        var state = State()
        if configuration.hasTLSListener {
            state.server = try ServerTLS.identity(in: folder, configuration: configuration, at: now().date)
        }
        state.succession = try AuthorityFiles(folder: folder).read()
        self.contexts = state.server.map { TLSContextSource($0.context) }
        self.clientAuthorities = try ClientAuthorities(
            files: configuration.clientAuthorityFiles,
            builtIn: state.succession?.trusted ?? []
        )
        do throws(RegistryError) {
            state.counts = try store.certificateCounts(at: now())
        } catch {
            throw StartError("the list of certificates in the registry cannot be read: \(error)")
        }
        self.meters = CertificateMeters(factory: metrics)
        self.state = Mutex(state)
    }

    /// Says who cuts off the connections of revoked certificates.
    func onRevocation(_ body: @escaping @Sendable (Set<Int>) -> Void) {
        self.state.withLock { $0.onRevocation = body }
    }

    /// Says which signals make it read the operator's file again.
    func reload(at signals: [UnixSignal]) {
        self.signals.withLock { $0 = signals }
    }

    /// Looks after the certificates until graceful shutdown.
    package func run() async throws {
        let signals = self.signals.withLock { $0 }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch() }
            if !signals.isEmpty {
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: signals) { await self.look(isAsked: true) }
                }
            }
            try? await gracefulShutdown()  // throws on cancellation only, which ends it just the same
            group.cancelAll()
        }
    }

    private func watch() async {
        var looks = 0
        while !Task.isCancelled {
            if looks > 0 { await self.look(isAsked: false) }
            if looks.isMultiple(of: CertificateService.looksPerWarning) { self.warn() }
            looks += 1
            try? await Task.sleep(for: CertificateService.interval)
        }
    }

    private func warn() {
        let warnings = self.warnings
        for fault in warnings.faults { self.logger.error("\(fault)") }
        for warning in warnings.warnings { self.logger.warning("\(warning)") }
    }

    /// What is to be said now.
    var warnings: CertificateWarnings {
        let now = self.now()
        return self.state.withLock { state in
            CertificateWarnings(
                server: state.server.map { CertificateWarnings.Term(notAfter: $0.notAfter, file: $0.file) },
                authority: state.succession.map {
                    CertificateWarnings.Term(notAfter: Timestamp($0.current.certificate.notValidAfter))
                },
                devices: state.counts,
                renewalFault: state.renewalFault,
                at: now
            )
        }
    }

    /// What does not work, for the health report.
    package var faults: [String] { self.warnings.faults }

    /// Brings the metrics to this moment.
    package func updateMetrics() {
        let now = self.now()
        let (server, succession, counts) = self.state.withLock { ($0.server, $0.succession, $0.counts) }
        if let server { self.meters.expiry("server", server.notAfter - now) }
        if let succession {
            self.meters.expiry("authority", Timestamp(succession.current.certificate.notValidAfter) - now)
        }
        self.meters.devices(counts)
    }

    /// Renews or reads again what the server shows, and counts the devices' certificates.
    private func look(isAsked: Bool) async {
        do {
            try await self.operate { _ = try self.refresh(isRenewal: false) }
            if isAsked { self.logger.info("the server certificate was read again") }
        } catch {
            self.logger.error("\(CertificateService.sentence(for: error))")
        }
    }

    /// Runs an operation on a blocking thread, when the one before it is done.
    func operate<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive { try self.work.withLock { _ in try body() } }
    }

    /// Puts the server's certificate as it should be now in its place; call within ``operate(_:)``.
    ///
    /// - Parameter isRenewal: a new one of the built-in CA, however good the one in use is.
    /// - Throws: what stands in the way; the certificate in use stays.
    func refresh(isRenewal: Bool) throws {
        let counts = try self.store.certificateCounts(at: self.now())
        self.state.withLock { $0.counts = counts }
        guard let contexts = self.contexts else { return }
        let identity: ServerTLS.Identity
        do {
            identity = try ServerTLS.identity(
                in: self.folder,
                configuration: self.configuration,
                isRenewal: isRenewal,
                at: self.now().date
            )
        } catch {
            self.state.withLock { $0.renewalFault = "\(error)" }
            throw error
        }
        let isNew = self.state.withLock { state in
            state.renewalFault = nil
            guard state.server?.certificate != identity.certificate else { return false }
            state.server = identity
            return true
        }
        guard isNew else { return }
        contexts.replace(by: identity.context)
        self.logger.notice(
            "new connections get another server certificate",
            metadata: ["serial": "\(identity.serial)", "notAfter": "\(identity.notAfter)"]
        )
    }

    /// The reason in one sentence.
    static func sentence(for error: any Error) -> String {
        "the certificates could not be looked after: \(error)"
    }
}

extension GatewayConfiguration {
    /// Whether any listener needs a server certificate.
    var hasTLSListener: Bool {
        self.mqttTLS != nil || self.https != nil || self.kafka.tls != nil || self.amqp != nil
    }
}
