import DeviceHub
import DeviceRegistry
import HubProtocol
import MQTTCodec
import MQTTServer
import TelemetryModel

extension RegistryAuthenticator {
    /// A CONNECT whose user name has the provisioning service's form: a token, or a certificate without one.
    ///
    /// Source: contract provisioning sections 1 and 2.
    func registration(
        _ text: String,
        _ request: ConnectRequest,
        _ certificate: ClientCertificate?,
        _ provisioning: ProvisioningService
    ) async throws -> AuthenticatedClient {
        let userName: ProvisioningUserName
        do {
            userName = try ProvisioningUserName(parsing: text)
        } catch {
            throw AuthenticationRefusal.syntax(error.description)
        }
        let id = userName.registrationID
        guard id.text == request.clientID else {
            throw AuthenticationRefusal(
                code: .clientIDNotValid,
                reason: "client id and user name name different registrations"
            )
        }
        let proof: ProvisioningProof
        if let password = request.password {
            proof = try await self.proof(try RegistryAuthenticator.token(password), userName, provisioning)
        } else {
            guard let certificate else {
                throw AuthenticationRefusal.unauthorized("neither a token in the password nor a client certificate")
            }
            proof = try await self.proof(certificate, userName, provisioning)
        }
        return AuthenticatedClient(
            principal: .registration(id.key),
            generationID: "",
            access: IdentityAccess(),
            proof: request.password == nil ? .certificate : .token,
            isHubForm: true,
            registration: proof
        )
    }

    private func proof(
        _ token: SASToken,
        _ userName: ProvisioningUserName,
        _ provisioning: ProvisioningService
    ) async throws -> ProvisioningProof {
        do {
            return try await provisioning.admit(token, userName)
        } catch let refusal as ProvisioningAdmission.Refusal {
            throw AuthenticationRefusal.unauthorized("\(userName.registrationID) may not register: \(refusal)")
        }
    }

    /// By the thumbprint of its own certificate, or by a chain to an authority and the registration id as common name.
    private func proof(
        _ certificate: ClientCertificate,
        _ userName: ProvisioningUserName,
        _ provisioning: ProvisioningService
    ) async throws -> ProvisioningProof {
        let id = userName.registrationID
        guard userName.idScope.lowercased() == provisioning.configuration.idScope.lowercased() else {
            throw AuthenticationRefusal.unauthorized("\(id) may not register: unknownScope")
        }
        let candidates = try await provisioning.candidates(for: id).filter(\.isEnabled)
        for enrollment in candidates {
            guard case .certificates(let own) = enrollment.attestation,
                own.contains(where: { certificate.thumbprints.contains(Thumbprint.sha256(of: $0)) })
            else { continue }
            return ProvisioningProof(enrollment)
        }
        let authorities = candidates.filter { enrollment in
            if case .authorities = enrollment.attestation { true } else { false }
        }
        if certificate.commonName == id.text, !authorities.isEmpty,
            let root = await ClientAuthorities(der: authorities.flatMap(\.authorities)).root(of: certificate),
            let enrollment = authorities.first(where: { $0.authorities.contains(root) })
        {
            return ProvisioningProof(enrollment)
        }
        throw AuthenticationRefusal.unauthorized("\(id) may not register: the certificate is of no enrollment")
    }

    /// Whether a certificate leads to an authority of the enrollment by which its device registered.
    func isEnrolled(_ certificate: ClientCertificate, as id: IdentityID) async -> Bool {
        guard let provisioning = self.provisioning,
            let authorities = try? await provisioning.authorities(ofDevice: id), !authorities.isEmpty
        else { return false }
        return await ClientAuthorities(der: authorities).accept(certificate)
    }
}

extension Enrollment {
    /// DER; none when devices prove themselves otherwise.
    fileprivate var authorities: [[UInt8]] {
        if case .authorities(let certificates) = self.attestation { certificates } else { [] }
    }
}
