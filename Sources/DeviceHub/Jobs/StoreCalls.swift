internal import DeviceRegistry
internal import FleetQuery
internal import HubProtocol

/// Runs blocking calls of the stores where they may block, and tells their faults as the hub does.
package struct StoreCalls: Sendable {
    private let perform: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// - Parameter perform: runs what it is given, once, on a thread that may block.
    package init(perform: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.perform = perform
    }

    /// Runs `body` and waits for it.
    func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await self.result(body).get()
    }

    /// Runs `body` and waits for what came of it.
    func result<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        await withCheckedContinuation { continuation in
            self.perform { continuation.resume(returning: Result(catching: body)) }
        }
    }

    /// As ``run(_:)``, for callers of the hub.
    func ask<Value: Sendable>(
        _ body: @escaping @Sendable () throws(RegistryError) -> Value
    ) async throws(HubError) -> Value {
        do throws(RegistryError) {
            return try await self.run(body)
        } catch {
            throw HubError(registry: error)
        }
    }

    /// A refused query for callers of the hub.
    static func hubError(_ refusal: QueryRefusal) -> HubError {
        switch refusal {
        case .limit(let error): HubError(.argumentInvalid, "\(error)")
        case .collection(let collection):
            HubError(.argumentInvalid, "\(collection.rawValue) cannot be asked here; take devices or devices.modules")
        case .registry(let error): HubError(registry: error)
        }
    }
}
