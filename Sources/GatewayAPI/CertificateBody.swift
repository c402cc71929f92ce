import HubProtocol

/// A certificate that is asked for.
struct CertificateBody: Decodable {
    /// Days of a certificate's life, unless said.
    static let daysDefault = 365
    /// Days that may be asked for.
    static let days = 1...3_650

    var deviceId: String
    var moduleId: String?
    var certificateRequest: String
    var validDays: Int?

    /// The checked life.
    func checkedDays() throws(HubError) -> Int {
        let wanted = self.validDays ?? CertificateBody.daysDefault
        guard CertificateBody.days.contains(wanted) else {
            throw HubError(
                .argumentInvalid,
                "validDays is \(wanted), expected \(CertificateBody.days.lowerBound) to \(CertificateBody.days.upperBound)"
            )
        }
        return wanted
    }
}
