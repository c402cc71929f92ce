import HubProtocol
import NIOHTTP1
package import TelemetryJSON

/// The built-in CA and what it issues.
extension GatewayClient {
    /// The CA, the server's certificate, and what is to be said of them.
    package func authority() async throws(GatewayClientError) -> JSONObject {
        try await self.document(.GET, "/ca")
    }

    /// Makes a CA; refused with 409 when there is one that is not named.
    ///
    /// - Parameters:
    ///   - replaced: serial of the CA in use; `nil` when there is none.
    ///   - trustsFormer: whether what the CAs until now have signed stays good.
    /// - Returns: what ``authority()`` gives.
    /// - Throws: `GatewayClientError`.
    package func beginAuthority(
        replacing replaced: String?,
        trustsFormer: Bool
    ) async throws(GatewayClientError) -> JSONObject {
        var body: JSONObject = ["trustsFormer": .bool(trustsFormer)]
        if let replaced { body.set("replaces", to: .string(replaced)) }
        return try await self.document(.POST, "/ca", body: body)
    }

    /// Ends a change-over: CAs before the one in use are trusted no more.
    package func retireAuthorities() async throws(GatewayClientError) -> JSONObject {
        try await self.document(.DELETE, "/ca/former")
    }

    /// Gives new connections another server certificate.
    package func renewServerCertificate() async throws(GatewayClientError) -> JSONObject {
        try await self.document(.POST, "/ca/server")
    }

    /// Issues a certificate.
    ///
    /// - Parameters:
    ///   - id: the device, or device/module.
    ///   - request: PKCS #10, PEM.
    ///   - days: its life.
    /// - Returns: the certificate's document with `certificate` and `trust`, PEM.
    /// - Throws: `GatewayClientError`.
    package func issueCertificate(
        for id: String,
        request: String,
        days: Int
    ) async throws(GatewayClientError) -> JSONObject {
        var body = GatewayClient.subject(id)
        body.set("certificateRequest", to: .string(request))
        body.set("validDays", to: .integer(Int64(days)))
        return try await self.document(.POST, "/ca/certificates", body: body)
    }

    /// One page of the certificates that were issued, or of one device's, in that order.
    package func certificates(
        of id: String? = nil,
        pageSize: Int? = nil,
        continuation: String? = nil
    ) async throws(GatewayClientError) -> DocumentPage {
        let subject = id.map(GatewayClient.subject) ?? [:]
        var query: [(name: String, value: String)] = []
        if let device = subject["deviceId"]?.string { query.append(("device", device)) }
        if let module = subject["moduleId"]?.string { query.append(("module", module)) }
        return try await self.documents(
            .GET,
            "/ca/certificates",
            query: query,
            headers: GatewayClient.pageHeaders(size: pageSize, continuation: continuation)
        )
    }

    /// Revokes all certificates of a device or module; gives those that were good until now.
    package func revokeCertificates(of id: String, reason: String) async throws(GatewayClientError) -> [JSONObject] {
        try await self.revoke(GatewayClient.subject(id), reason: reason)
    }

    /// Revokes the certificate of a serial; gives it when it was good until now.
    package func revokeCertificate(serial: String, reason: String) async throws(GatewayClientError) -> [JSONObject] {
        try await self.revoke(["serial": .string(serial)], reason: reason)
    }

    private func revoke(_ selection: JSONObject, reason: String) async throws(GatewayClientError) -> [JSONObject] {
        var body = selection
        body.set("reason", to: .string(reason))
        return try await self.documents(.POST, "/ca/revocations", body: body).items
    }

    /// `deviceId` and perhaps `moduleId` of `device/module`.
    private static func subject(_ id: String) -> JSONObject {
        let parts = id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var subject: JSONObject = ["deviceId": .string(parts[0])]
        if parts.count > 1 { subject.set("moduleId", to: .string(parts[1])) }
        return subject
    }
}
