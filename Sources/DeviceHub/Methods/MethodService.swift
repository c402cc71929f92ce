package import HubProtocol
package import TelemetryModel

/// Calls direct methods of connected devices: contract iothub-rest section 5, iothub-mqtt section 8.
package final class MethodService: Sendable {
    /// Calls a method and waits for the answer, at most connect and response timeout together. When the task is cancelled the
    /// call is forgotten.
    ///
    /// - Throws: `deviceNotFound`, `moduleNotFound`, `deviceNotOnline`, `gatewayTimeout`, `throttled`.
    package func invoke(
        _ id: IdentityID,
        _ call: MethodCall,
        author: String
    ) async throws(HubError) -> MethodAnswer {
        throw HubError(.unavailable, "not there yet")
    }
}
