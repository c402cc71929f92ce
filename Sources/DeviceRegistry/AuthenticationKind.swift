/// How an identity proves itself, beside the password it may have.
///
/// Source: contract iothub-rest section 2, `authentication.type`; iothub-mqtt section 3.
package enum AuthenticationKind: String, Sendable, CaseIterable {
    /// A token signed with one of two symmetric keys.
    case sas
    /// A client certificate whose thumbprint is registered.
    case selfSigned
    /// A client certificate of a registered CA whose subject's common name is the identity's.
    case certificateAuthority
    /// Nothing of these: the password alone, or a policy's token.
    case none
}
