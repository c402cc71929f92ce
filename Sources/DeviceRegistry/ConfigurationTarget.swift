package import TelemetryJSON
package import TelemetryModel

/// What one configuration holds in one twin.
package struct ConfigurationTarget: Equatable, Sendable {
    /// Whose twin.
    package var id: IdentityID
    /// The configuration's id, also of one that was deleted and must still be taken away.
    package var configuration: String
    /// Whether the twin has all of ``held``; an intent before that.
    package var isApplied: Bool
    /// The desired properties that it has, or may have, set; below `properties.desired`, without metadata.
    package var held: JSONObject

    /// A target.
    package init(id: IdentityID, configuration: String, isApplied: Bool, held: JSONObject) {
        self.id = id
        self.configuration = configuration
        self.isApplied = isApplied
        self.held = held
    }
}
