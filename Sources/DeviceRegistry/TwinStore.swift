package import TelemetryModel
package import TwinModel

/// The twins of the registry's identities. Calls block on the database.
package protocol TwinStore: Sendable {
    /// The twin of an identity; `nil` when there is no such identity. O(log n).
    func twin(_ id: IdentityID) throws(RegistryError) -> StoredTwin?
    /// Carries out writes in order, in one transaction that is durable when the call returns, each with its event in the
    /// outbox. A refused write does not undo the others.
    func apply(_ writes: [TwinWrite]) throws(RegistryError) -> [Result<TwinOutcome, TwinRefusal>]
}

/// An identity with its twin.
package struct StoredTwin: Equatable, Sendable {
    package var identity: DeviceIdentity
    package var twin: Twin

    /// A twin of an identity.
    package init(identity: DeviceIdentity, twin: Twin) {
        self.identity = identity
        self.twin = twin
    }
}

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

    package var id: IdentityID
    package var kind: Kind
    /// Who: `device:dev1`, `policy:service`, `job:j1`, `configuration:c1`.
    package var author: String
    package var at: Timestamp

    /// A write.
    package init(_ kind: Kind, of id: IdentityID, author: String, at: Timestamp) {
        self.id = id
        self.kind = kind
        self.author = author
        self.at = at
    }
}

/// A write that was carried out.
package struct TwinOutcome: Sendable {
    /// The identity with the twin afterwards.
    package var stored: StoredTwin
    /// What happened; `nil` when there was nothing to write.
    package var change: TwinChange?
}

/// Why a write was not carried out.
package enum TwinRefusal: Error, Equatable, Sendable {
    case notFound(IdentityID)
    case refused(TwinError)
}
