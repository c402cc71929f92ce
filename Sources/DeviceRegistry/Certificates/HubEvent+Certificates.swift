import TelemetryJSON
import TelemetryModel

extension HubEvent {
    /// The event of a certificate that was issued, with the device's id as key.
    ///
    /// ```json
    /// {"deviceId":"dev1","serial":"4F…","thumbprint":"AB…","notAfter":"…","by":"policy:iothubowner","at":"…"}
    /// ```
    static func certificateIssued(_ certificate: IssuedCertificate) -> HubEvent {
        self.certificate("issueCertificate", certificate, by: certificate.author, at: certificate.issuedAt)
    }

    /// The event of one that was revoked: the same with `reason`.
    static func certificateRevoked(
        _ certificate: IssuedCertificate,
        _ revocation: IssuedCertificate.Revocation
    ) -> HubEvent {
        self.certificate(
            "revokeCertificate",
            certificate,
            reason: revocation.reason,
            by: revocation.author,
            at: revocation.at
        )
    }

    private static func certificate(
        _ operation: String,
        _ certificate: IssuedCertificate,
        reason: RevocationReason? = nil,
        by author: String,
        at time: Timestamp
    ) -> HubEvent {
        var body: JSONObject = ["deviceId": .string(certificate.subject.device)]
        if let module = certificate.subject.module { body.set("moduleId", to: .string(module)) }
        body.set("serial", to: .string(certificate.serial))
        body.set("thumbprint", to: .string(certificate.thumbprint.hex))
        body.set("notAfter", to: .string(certificate.notAfter.description))
        if let reason { body.set("reason", to: .string(reason.rawValue)) }
        if !author.isEmpty { body.set("by", to: .string(author)) }
        body.set("at", to: .string(time.description))
        return HubEvent(
            topic: "lifecycle",
            source: "weirCertificateEvents",
            schema: "weirCertificateNotification",
            operation: operation,
            id: certificate.subject,
            at: time,
            value: body.bytes
        )
    }
}
