package import DeviceRegistry
package import TelemetryJSON
package import TelemetryModel

/// What the API asks of the built-in CA; implemented where certificates are made.
///
/// Refusals are `HubError`. Documents, times in ISO 8601:
/// ```json
/// {"authorities":[{"serial":"4F…","thumbprint":"AB…","notBefore":"…","notAfter":"…","state":"valid","inUse":true}],
///  "server":{"serial":"…","notBefore":"…","notAfter":"…","state":"valid","file":"/etc/…"},
///  "devices":{"valid":3,"ending":1,"expired":0,"revoked":2},"trust":"PEM","faults":[],"warnings":["…"]}
/// ```
package protocol AuthorityServing: Sendable {
    /// The CA, the server's certificate, how many certificates devices have, and what is to be said of them.
    func authority() async throws -> JSONObject
    /// Makes a CA, or puts one in another's place; the server's certificate is then of the new one.
    ///
    /// - Parameters:
    ///   - replaced: serial of the CA in use; `nil` when there should be none.
    ///   - trustsFormer: whether certificates of the CAs until now stay good.
    ///   - author: who.
    /// - Returns: what ``authority()`` gives.
    /// - Throws: `HubError`: there is one already, or another one than the named.
    func beginAuthority(replacing replaced: String?, trustsFormer: Bool, author: String) async throws -> JSONObject
    /// Ends the change-over: the CAs before the one in use are trusted no more, and what they signed is revoked.
    func retireFormerAuthorities(author: String) async throws -> JSONObject
    /// Gives the server a new certificate, or reads the operator's file again; new connections get it.
    func renewServer() async throws -> JSONObject
    /// Issues a certificate for a device.
    ///
    /// - Parameters:
    ///   - subject: whom it names.
    ///   - request: PKCS #10, PEM: the device's public key, and the proof that somebody has the private one.
    ///   - days: its life.
    ///   - author: who.
    /// - Returns: the certificate's document with `certificate` and `trust`, PEM.
    /// - Throws: `HubError`: there is no CA, or the request is none.
    func issue(to subject: IdentityID, request: String, days: Int, author: String) async throws -> JSONObject
    /// The certificates that were issued, in that order, after `number`; with the number to go on from.
    func certificates(
        _ selection: CertificateSelection,
        after number: Int64,
        limit: Int
    ) async throws -> (items: [JSONObject], next: Int64?)
    /// Revokes certificates, and cuts off who is connected by them.
    ///
    /// - Returns: the documents of those that were good until now.
    func revoke(
        _ selection: CertificateSelection,
        reason: RevocationReason,
        author: String
    ) async throws -> [JSONObject]
}
