package import TelemetryModel

/// One change of the registry.
package enum RegistryChange: Sendable {
    /// Makes a new identity.
    case create(DeviceIdentity)
    /// Replaces status and credentials of an existing one; keeps its generation.
    case update(DeviceIdentity, ifMatch: ETagCondition)
    /// Makes or replaces.
    case createOrUpdate(DeviceIdentity)
    /// Removes the identity, its modules and their sessions.
    case delete(IdentityID, ifMatch: ETagCondition)

    /// Whom the change is about.
    package var id: IdentityID {
        switch self {
        case .create(let identity), .update(let identity, _), .createOrUpdate(let identity): identity.id
        case .delete(let id, _): id
        }
    }
}

/// The condition of an `If-Match` header.
package enum ETagCondition: Equatable, Sendable {
    /// `*`: the identity must exist.
    case exists
    /// The stored etag must be this one.
    case equals(String)

    /// Reads the header: an optional `W/` and one pair of quotes are stripped.
    ///
    /// Source: contract iothub-rest section 1, "If-Match".
    package init(header: String) {
        var text = header[...]
        if text.hasPrefix("W/") { text = text.dropFirst(2) }
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
        self = text == "*" ? .exists : .equals(String(text))
    }
}
