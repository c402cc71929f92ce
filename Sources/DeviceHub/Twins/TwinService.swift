package import HubProtocol
package import TelemetryModel
package import TwinModel

/// Reads and writes twins. Used from tasks; the database is asked on threads of its own.
///
/// Errors: `deviceNotFound`, `moduleNotFound`, `preconditionFailed`, `argumentInvalid`, `tooLarge`, `throttled` when too much
/// waits for the disk, `serverError`.
package final class TwinService: Sendable {
    /// The twin of an identity.
    package func twin(_ id: IdentityID) async throws(HubError) -> TwinView {
        throw HubError(.unavailable, "not there yet")
    }

    /// The twin of an identity as it was at a time, from topic `twin-changes`; what is told of the identity is of now.
    package func twin(_ id: IdentityID, at time: Timestamp) async throws(HubError) -> TwinView {
        throw HubError(.unavailable, "not there yet")
    }

    /// The service's partial update.
    ///
    /// - Parameters:
    ///   - id: whose twin.
    ///   - patch: tags, desired properties, or both.
    ///   - condition: what `If-Match` asks.
    ///   - author: who: `policy:NAME`, `job:ID`, `configuration:ID`.
    /// - Returns: The twin afterwards, when it is durable.
    /// - Throws: see ``TwinService``.
    package func update(
        _ id: IdentityID,
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) -> TwinView {
        throw HubError(.unavailable, "not there yet")
    }

    /// The service's replacement; see ``update(_:_:ifMatch:author:)``.
    package func replace(
        _ id: IdentityID,
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) -> TwinView {
        throw HubError(.unavailable, "not there yet")
    }
}
