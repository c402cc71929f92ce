package import TelemetryModel

/// As of when a certificate's validity is checked.
///
/// A board that does not know the time yet must still find out whom it talks to. It knows that it is not earlier than
/// the last time it was sure of, and not earlier than a certificate of its authority was made; so an expired
/// certificate is refused as far as that can be known, and a new one is not refused as "not yet valid" by a clock that
/// stands in 1970. Chain, host name and signatures are checked alike in both cases.
package enum VerificationTime: Equatable, Sendable {
    case known(Timestamp)
    /// The time is not known, but not before this.
    case atLeast(Timestamp)

    /// When the time is not known: the later of what the system's clock says and of what was known before.
    package init(wall: Timestamp, floor: Timestamp) {
        self = .atLeast(max(wall, floor))
    }

    /// The instant to check a chain at.
    ///
    /// - Parameter notBefore: The latest beginning of validity in the chain that the peer showed. Whatever it claims,
    ///   it can only make the check stricter: a later instant lets more certificates be expired, and one that is not
    ///   signed by the authority fails anyway.
    /// - Returns: As of when all its certificates have to be valid.
    package func instant(newestNotBefore notBefore: Timestamp?) -> Timestamp {
        switch self {
        case .known(let now): now
        case .atLeast(let floor): max(floor, notBefore ?? floor)
        }
    }
}
