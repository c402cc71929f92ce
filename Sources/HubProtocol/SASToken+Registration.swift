package import TelemetryModel

extension SASToken {
    /// Checks what of a registration's token needs no key: its time, its resource, its policy.
    ///
    /// The signature is checked against each enrollment's keys, with ``isSigned(withAnyOf:)``.
    /// Source: contract provisioning section 1.
    ///
    /// - Parameters:
    ///   - registrationID: who registers.
    ///   - idScope: the service's, compared without case.
    ///   - now: wall time.
    /// - Throws: `TokenVerifier.Refusal`.
    package func checkRegistration(
        _ registrationID: RegistrationID,
        idScope: String,
        at now: Timestamp
    ) throws(TokenVerifier.Refusal) {
        guard self.expiry > now else { throw .expired }
        guard self.resource.lowercased() == "\(idScope)/registrations/\(registrationID)".lowercased() else {
            throw .wrongResource
        }
        guard self.policy == nil || self.policy == "registration" else { throw .unknownPolicy }
    }
}
