package import TelemetryJSON
package import TelemetryModel

/// The parts of a twin's service view that the registry does not keep. Asked on the thread that runs the query, only for rows
/// and queries that need them.
package struct LiveColumns: Sendable {
    /// Of its connection.
    package var state: @Sendable (IdentityID) -> LiveState
    /// The states of the configurations that apply to it, by their ids.
    package var configurations: @Sendable (IdentityID) -> JSONObject

    /// Columns from these sources.
    package init(
        state: @escaping @Sendable (IdentityID) -> LiveState = { _ in LiveState() },
        configurations: @escaping @Sendable (IdentityID) -> JSONObject = { _ in [:] }
    ) {
        self.state = state
        self.configurations = configurations
    }
}
