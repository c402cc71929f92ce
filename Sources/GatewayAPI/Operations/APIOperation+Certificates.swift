import HTTPTypes

extension APIOperation {
    private static let authority: [APIAnswer] = [.ok(.reference("Authority"))]

    static let getAuthority = APIOperation(
        "getAuthority",
        .get,
        "/ca",
        .registryRead,
        "The built-in CA, the server's certificate, when they end and what to do about it.",
        answers: authority
    )
    static let beginAuthority = APIOperation(
        "beginAuthority",
        .post,
        "/ca",
        .managing,
        "Makes a CA; one that takes another's place names it.",
        body: .json(.reference("AuthorityBody")),
        answers: authority
    )
    static let retireAuthorities = APIOperation(
        "retireAuthorities",
        .delete,
        "/ca/former",
        .managing,
        "Ends a change-over: the CAs before the one in use are trusted no more, and what they signed is revoked.",
        answers: authority
    )
    static let renewServerCertificate = APIOperation(
        "renewServerCertificate",
        .post,
        "/ca/server",
        .managing,
        "Gives new connections another server certificate: a new one of the built-in CA, or the operator's file, read again.",
        answers: authority
    )
    static let listCertificates = APIOperation(
        "listCertificates",
        .get,
        "/ca/certificates",
        .registryRead,
        "The certificates that were issued, in that order.",
        parameters: [
            .query("device", .reference("Id"), "of this device, without its modules"),
            .query("module", .reference("Id"), "of this module of the device"),
            .header("x-ms-max-item-count", .text, "entries of the page, 1 or more; at most 1000 are given"),
            .header("x-ms-continuation", .text, "what the page before gave"),
        ],
        answers: [.ok(.array(.reference("Certificate")), headers: ["x-ms-continuation"])]
    )
    static let issueCertificate = APIOperation(
        "issueCertificate",
        .post,
        "/ca/certificates",
        .managing,
        "Issues a certificate for a device, whose id is its common name.",
        body: .json(.reference("CertificateBody")),
        answers: [.ok(.reference("Certificate"))]
    )
    static let getCertificate = APIOperation(
        "getCertificate",
        .get,
        "/ca/certificates/:serial",
        .registryRead,
        "A certificate that was issued.",
        answers: [.ok(.reference("Certificate"))]
    )
    static let revokeCertificates = APIOperation(
        "revokeCertificates",
        .post,
        "/ca/revocations",
        .managing,
        "Revokes one certificate or all of a device; who is connected by one is cut off. Gives those that were good.",
        body: .json(.reference("RevocationBody")),
        answers: [.ok(.array(.reference("Certificate")))]
    )

    /// Our extension of the contract.
    static let certificates: [APIOperation] = [
        .getAuthority, .beginAuthority, .retireAuthorities, .renewServerCertificate, .listCertificates,
        .issueCertificate, .getCertificate, .revokeCertificates,
    ]
}
