import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryModel

/// Lets a request through when its service token permits what the operation needs and its policy has not sent too many; the
/// request's context then says who asks.
///
/// Source: contract iothub-rest section 1, "Permissions"; iothub-mqtt section 3.
struct AuthorizationMiddleware: RouterMiddleware {
    let verifier: TokenVerifier
    let throttle: RequestThrottle
    /// Of each set one permission is needed; at least one set.
    let permissions: [ServicePolicy.Permissions]
    let now: @Sendable () -> Timestamp

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let now = self.now()
        let policy = try self.policy(of: request.headers[.authorization], at: now)
        try self.throttle.take(policy, at: now)
        var context = context
        context.author = "policy:\(policy)"
        return try await next(request, context)
    }

    /// Checks an `Authorization` value; says what its owner can do about a refusal, but not which of policy and key
    /// was wrong.
    ///
    /// - Returns: the policy's name.
    private func policy(of header: String?, at now: Timestamp) throws(HubError) -> String {
        guard let header else {
            throw HubError(.unauthorized, "the request has no Authorization header with a SharedAccessSignature")
        }
        let token: SASToken
        do {
            token = try SASToken(parsing: header)
        } catch {
            throw HubError(.unauthorized, "the Authorization header cannot be read: \(error)")
        }
        for permissions in self.permissions {
            do {
                try self.verifier.verifyService(token, permitting: permissions, at: now)
            } catch {
                throw HubError(.unauthorized, AuthorizationMiddleware.sentence(for: error, permissions: permissions))
            }
        }
        guard let policy = token.policy else {
            throw HubError(
                .unauthorized,
                AuthorizationMiddleware.sentence(for: .unknownPolicy, permissions: [])
            )
        }
        return policy
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
