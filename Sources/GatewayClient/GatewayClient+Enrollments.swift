import HubProtocol
import NIOHTTP1
package import TelemetryJSON

/// Enrollments and registrations of the provisioning service. Source: contract provisioning.
extension GatewayClient {
    /// Makes an enrollment; refused with 409 when it exists.
    ///
    /// - Parameters:
    ///   - kind: which.
    ///   - name: the group's name, or the device's registration id.
    ///   - enrollment: `attestation`, `initialTwin` and what else it has.
    /// - Returns: the enrollment as the gateway has it, without keys.
    /// - Throws: `GatewayClientError`.
    package func createEnrollment(
        _ kind: EnrollmentKind,
        _ name: String,
        _ enrollment: JSONObject
    ) async throws(GatewayClientError) -> JSONObject {
        var body: JSONObject = [kind.idName: .string(name)]
        for member in enrollment { body[member.name] = member.value }
        return try await self.document(.PUT, GatewayClient.enrollmentPath(kind, name), body: body)
    }

    /// An enrollment, an individual's with its registration; refused with 404 when unknown.
    package func enrollment(_ kind: EnrollmentKind, _ name: String) async throws(GatewayClientError) -> JSONObject {
        try await self.document(.GET, GatewayClient.enrollmentPath(kind, name))
    }

    /// How devices prove themselves by an enrollment, with its keys.
    package func enrollmentAttestation(
        _ kind: EnrollmentKind,
        _ name: String
    ) async throws(GatewayClientError) -> JSONObject {
        try await self.document(.POST, "\(GatewayClient.enrollmentPath(kind, name))/attestationmechanism")
    }

    /// One page of the enrollments of a kind, in the order of their names.
    package func enrollments(
        _ kind: EnrollmentKind,
        pageSize: Int? = nil,
        continuation: String? = nil
    ) async throws(GatewayClientError) -> DocumentPage {
        try await self.documents(
            .POST,
            "\(kind.path)/query",
            headers: GatewayClient.pageHeaders(size: pageSize, continuation: continuation),
            body: ["query": .string("SELECT * FROM enrollments")]
        )
    }

    /// Deletes an enrollment with its registrations; the devices stay.
    package func deleteEnrollment(_ kind: EnrollmentKind, _ name: String) async throws(GatewayClientError) {
        _ = try await self.send(
            .DELETE,
            GatewayClient.enrollmentPath(kind, name),
            headers: GatewayClient.ifMatch(nil)
        )
    }

    /// One page of the registrations by a group.
    package func registrations(
        ofGroup name: String,
        pageSize: Int? = nil,
        continuation: String? = nil
    ) async throws(GatewayClientError) -> DocumentPage {
        try await self.documents(
            .POST,
            "/registrations/\(PercentEncoding.encode(name))/query",
            headers: GatewayClient.pageHeaders(size: pageSize, continuation: continuation)
        )
    }

    private static func enrollmentPath(_ kind: EnrollmentKind, _ name: String) -> String {
        "\(kind.path)/\(PercentEncoding.encode(name))"
    }
}
