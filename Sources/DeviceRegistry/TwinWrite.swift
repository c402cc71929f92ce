package import TelemetryModel
package import TwinModel

/// One write of a twin.
package struct TwinWrite: Sendable {
    /// What is written.
    package enum Kind: Sendable {
        /// The service's partial update.
        case update(TwinPatch, ifMatch: EntityTagCondition)
        /// The service's replacement.
        case replace(TwinPatch, ifMatch: EntityTagCondition)
        /// The device's patch of its reported properties.
        case report(SectionPatch, ifVersion: Int64?)
        /// The device model that a connection named.
        case model(String)
    }

    /// Whose twin it is.
    package var id: IdentityID
    /// What is written.
    package var kind: Kind
    /// Who: `device:dev1`, `policy:service`, `job:j1`, `configuration:c1`, `dps:group1`.
    package var author: String
    /// Now.
    package var at: Timestamp

    /// A write.
    package init(_ kind: Kind, of id: IdentityID, author: String, at: Timestamp) {
        self.id = id
        self.kind = kind
        self.author = author
        self.at = at
    }
}
