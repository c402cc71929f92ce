package import HubProtocol
package import TelemetryModel
package import TwinModel

/// The hub's own services as jobs and configurations use them.
package struct HubFleet: FleetActing {
    private let twins: TwinService
    private let methods: MethodService

    /// These services.
    package init(twins: TwinService, methods: MethodService) {
        self.twins = twins
        self.methods = methods
    }

    package func twin(_ id: IdentityID) async throws(HubError) -> TwinView {
        try await self.twins.twin(id)
    }

    package func update(
        _ id: IdentityID,
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) -> TwinView {
        try await self.twins.update(id, patch, ifMatch: condition, author: author)
    }

    package func invoke(
        _ id: IdentityID,
        _ call: MethodCall,
        author: String
    ) async throws(HubError) -> MethodAnswer {
        try await self.methods.invoke(id, call, author: author)
    }
}
