/// Why a certificate is not good any more. Source: RFC 5280 section 5.3.1, those a device's certificate can have.
package enum RevocationReason: String, CaseIterable, Sendable {
    case unspecified
    case keyCompromise
    case superseded
    case cessationOfOperation
    case privilegeWithdrawn
    /// The authority that signed it is trusted no more.
    case caCompromise = "cACompromise"
}
