package import DeviceRegistry
package import HubProtocol
package import TelemetryModel

/// Decides at CONNECT whether a token belongs to an enrollment. Pure: the caller brings the candidates.
///
/// Source: contract provisioning sections 1, 2 and 5.
package enum ProvisioningAdmission {
    /// Why a device is not let in; for logs, never told to the peer.
    package enum Refusal: Error, Equatable, Sendable {
        case unknownScope
        case token(TokenVerifier.Refusal)
        case unknownEnrollment
        case disabled
    }

    /// Keys nobody has, so that an id without any enrollment takes its time, too.
    private static let decoys = [SASToken.makeKey(), SASToken.makeKey()]

    /// Finds the enrollment whose key signed a token.
    ///
    /// - Parameters:
    ///   - token: the password.
    ///   - userName: who registers, and with which service.
    ///   - idScope: the service's.
    ///   - candidates: see ``ProvisioningStore/candidates(for:)``.
    ///   - now: wall time.
    /// - Returns: What the device has proven.
    /// - Throws: `Refusal`.
    package static func judge(
        _ token: SASToken,
        _ userName: ProvisioningUserName,
        idScope: String,
        candidates: [Enrollment],
        at now: Timestamp
    ) throws(Refusal) -> ProvisioningProof {
        guard userName.idScope.lowercased() == idScope.lowercased() else { throw .unknownScope }
        do throws(TokenVerifier.Refusal) {
            try token.checkRegistration(userName.registrationID, idScope: idScope, at: now)
        } catch {
            throw .token(error)
        }
        var isSigned = token.isSigned(withAnyOf: ProvisioningAdmission.decoys)
        for enrollment in candidates {
            let keys = ProvisioningAdmission.keys(of: userName.registrationID, enrollment)
            guard token.isSigned(withAnyOf: keys) else { continue }
            isSigned = true
            if enrollment.isEnabled { return ProvisioningProof(enrollment) }
        }
        throw isSigned ? .disabled : candidates.isEmpty ? .unknownEnrollment : .token(.wrongKey)
    }

    /// The keys of a device by an enrollment; none when it asks for certificates.
    private static func keys(of id: RegistrationID, _ enrollment: Enrollment) -> [String] {
        guard case .keys(let primary, let secondary) = enrollment.attestation else { return [] }
        switch enrollment.kind {
        case .individual: return [primary, secondary]
        case .group: return [primary, secondary].compactMap { id.deviceKey(ofGroup: $0) }
        }
    }
}
