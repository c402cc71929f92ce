package import DeviceRegistry
internal import FoundationEssentials
package import HubProtocol
package import Logging
internal import NIOPosix
internal import Synchronization
package import TelemetryModel

/// Gives devices that have a key or certificate an identity and a hub. Used from any task.
///
/// - The decisions are ``ProvisioningAdmission``, `ProvisioningDecision` and ``OperationTable``; the database is asked on
///   blocking threads.
/// - At most ``registrationsMax`` registrations are in work; who comes then is told to come again.
/// Source: contract provisioning.
package final class ProvisioningService: Sendable {
    /// Registrations in work at most.
    static let registrationsMax = 1_000

    /// What is set.
    package let configuration: ProvisioningConfiguration
    let store: any ProvisioningStore
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let operations = Mutex(OperationTable())
    private let observer = Mutex<(@Sendable (RegistrationOutcome) -> Void)?>(nil)

    /// A service over a registry.
    package init(
        configuration: ProvisioningConfiguration,
        store: any ProvisioningStore,
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.now = now
        self.logger = logger
    }

    /// Whom to tell, from now on, of registrations that made or changed an identity.
    ///
    /// - Parameter observer: called before the device is answered, on any thread; does not block.
    package func observe(_ observer: @escaping @Sendable (RegistrationOutcome) -> Void) {
        self.observer.withLock { $0 = observer }
    }

    // MARK: Devices

    /// Whether a token lets a device in.
    ///
    /// - Parameters:
    ///   - token: the password of its CONNECT.
    ///   - userName: of its CONNECT.
    /// - Returns: What it has proven.
    /// - Throws: `ProvisioningAdmission.Refusal` for the device's fault, `HubError` for ours.
    package func admit(_ token: SASToken, _ userName: ProvisioningUserName) async throws -> ProvisioningProof {
        let candidates = try await self.candidates(for: userName.registrationID)
        return try ProvisioningAdmission.judge(
            token,
            userName,
            idScope: self.configuration.idScope,
            candidates: candidates,
            at: self.now()
        )
    }

    /// What a device may register by; see ``ProvisioningStore/candidates(for:)``.
    package func candidates(for id: RegistrationID) async throws(HubError) -> [Enrollment] {
        try await self.ask { store throws(ProvisioningRefusal) in try store.candidates(for: id) }
    }

    /// The authorities of a device's enrollment; see ``ProvisioningStore/authorities(ofDevice:)``.
    package func authorities(ofDevice id: IdentityID) async throws(HubError) -> [[UInt8]] {
        try await self.ask { store throws(ProvisioningRefusal) in try store.authorities(ofDevice: id) }
    }

    /// Registers a device.
    ///
    /// - Parameters:
    ///   - id: of its CONNECT.
    ///   - proof: of its CONNECT.
    ///   - body: the request's.
    /// - Returns: The answer, at once the last one.
    package func register(
        _ id: RegistrationID,
        proof: ProvisioningProof,
        body: [UInt8]
    ) async -> ProvisioningAnswer {
        do throws(HubError) {
            try ProvisioningRequest.check(body, of: id)
        } catch {
            return self.refused(error)
        }
        let operation = ProvisioningService.makeOperationID()
        let now = self.now()
        let begins = self.operations.withLock { table -> HubError? in
            guard table.runningCount < ProvisioningService.registrationsMax else {
                return HubError(.throttled, "too many devices register", retryAfterSeconds: 5)
            }
            guard table.begin(operation, of: id, at: now) else {
                return HubError(.enrollmentAlreadyExists, "another registration of \(id) is running")
            }
            return nil
        }
        if let begins { return self.refused(begins) }
        let answer = await self.assign(id, proof, operation)
        self.operations.withLock { $0.end(operation, of: id, answer) }
        return answer
    }

    /// The state of a registration that this device has asked for.
    package func status(_ operation: String, of id: RegistrationID) -> ProvisioningAnswer {
        let now = self.now()
        switch self.operations.withLock({ $0.find(operation, of: id, at: now) }) {
        case .unknown:
            return self.refused(HubError(.registrationNotFound, "there is no such operation"))
        case .running:
            return .assigning(id, operation: operation)
        case .done(let answer):
            return answer
        }
    }

    private func assign(
        _ id: RegistrationID,
        _ proof: ProvisioningProof,
        _ operation: String
    ) async -> ProvisioningAnswer {
        let hubNames = self.configuration.hubNames
        let result = await self.run { store throws(ProvisioningRefusal) in
            try store.register(id, proof: proof, hubNames: hubNames)
        }
        switch result {
        case .success(let outcome):
            if outcome.entry != nil, let observer = self.observer.withLock({ $0 }) { observer(outcome) }
            return .assigned(outcome.registration, operation: operation)
        case .failure(let refusal):
            let error = HubError(refusal)
            switch refusal {
            case .notEntitled:
                return self.refused(error)
            case .registry(.storage(let reason)):
                self.logger.error("the registry failed a registration", metadata: ["reason": "\(reason)"])
                return self.refused(error)
            case .enrollmentExists, .enrollmentNotFound, .enrollmentChanged, .tooManyGroups, .registrationNotFound,
                .registrationChanged, .identityTaken, .registry, .twin:
                self.logger.warning(
                    "a device that has proven itself gets no identity",
                    metadata: ["registrationId": "\(id)", "reason": "\(error.message)"]
                )
                return .failed(id, error.message, operation: operation)
            }
        }
    }

    private func refused(_ error: HubError) -> ProvisioningAnswer {
        .refused(error, tracking: UUID().uuidString.lowercased(), at: self.now())
    }

    private static func makeOperationID() -> String {
        let first = UInt64.random(in: .min ... .max)
        let digits = String(first, radix: 16)
        let padding = String(repeating: "0", count: 16 - digits.count)
        return "5.\(padding)\(digits).\(UUID().uuidString.lowercased())"
    }

    // MARK: The database

    func ask<Value: Sendable>(
        _ body: @escaping @Sendable (any ProvisioningStore) throws(ProvisioningRefusal) -> Value
    ) async throws(HubError) -> Value {
        switch await self.run(body) {
        case .success(let value):
            return value
        case .failure(let refusal):
            if case .registry(.storage(let reason)) = refusal {
                self.logger.error("the registry failed", metadata: ["reason": "\(reason)"])
            }
            throw HubError(refusal)
        }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (any ProvisioningStore) throws(ProvisioningRefusal) -> Value
    ) async -> Result<Value, ProvisioningRefusal> {
        let store = self.store
        return await withCheckedContinuation { continuation in
            // The singleton is never shut down, so the job always runs.
            NIOThreadPool.singleton.submit { _ in
                continuation.resume(returning: Result { () throws(ProvisioningRefusal) in try body(store) })
            }
        }
    }
}
