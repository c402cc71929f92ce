package import HubProtocol
package import TelemetryModel
package import TwinModel

/// What jobs and configurations do with single devices: the hub's own services, or a test's fleet.
package protocol FleetActing: Sendable {
    /// The twin of an identity.
    func twin(_ id: IdentityID) async throws(HubError) -> TwinView
    /// Writes tags and desired properties; durable when the call returns.
    func update(
        _ id: IdentityID,
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) -> TwinView
    /// Calls a direct method and waits for the answer.
    func invoke(_ id: IdentityID, _ call: MethodCall, author: String) async throws(HubError) -> MethodAnswer
}
