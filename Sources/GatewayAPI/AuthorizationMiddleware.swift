import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryModel

/// Lets a request through when its service token permits one of the route's permissions.
///
/// Source: contract iothub-rest section 1, "Permissions"; iothub-mqtt section 3.
struct AuthorizationMiddleware: RouterMiddleware {
    let verifier: TokenVerifier
    /// One of these is enough.
    let permissions: ServicePolicy.Permissions
    let now: @Sendable () -> Timestamp

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        try AuthorizationMiddleware.check(
            request.headers[.authorization],
            permissions: self.permissions,
            verifier: self.verifier,
            at: self.now()
        )
        return try await next(request, context)
    }

    /// Checks an `Authorization` value; says what its owner can do about a refusal, but not which of policy and key
    /// was wrong.
    static func check(
        _ header: String?,
        permissions: ServicePolicy.Permissions,
        verifier: TokenVerifier,
        at now: Timestamp
    ) throws(HubError) {
        guard let header else {
            throw HubError(.unauthorized, "the request has no Authorization header with a SharedAccessSignature")
        }
        let token: SASToken
        do {
            token = try SASToken(parsing: header)
        } catch {
            throw HubError(.unauthorized, "the Authorization header cannot be read: \(error)")
        }
        do {
            try verifier.verifyService(token, permitting: permissions, at: now)
        } catch {
            throw HubError(.unauthorized, AuthorizationMiddleware.sentence(for: error, permissions: permissions))
        }
    }

    private static func sentence(
        for refusal: TokenVerifier.Refusal,
        permissions: ServicePolicy.Permissions
    ) -> String {
        switch refusal {
        case .expired:
            return "the token has expired: make a new one, and check the clocks"
        case .wrongResource:
            return "the token's sr is none of this hub's names: use a name of hub.names as HostName"
        case .unknownPolicy, .wrongKey:
            return "there is no such policy, or the key is not its key: copy the connection string again"
        case .missingPermission:
            let names = ServicePolicy.Permissions.names.filter { permissions.contains($0.permission) }.map(\.name)
            return "the policy lacks the permission \(names.joined(separator: " or "))"
        }
    }
}
