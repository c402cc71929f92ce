import HubProtocol
import NIOHTTP1
package import TelemetryJSON

/// Scheduled jobs. Source: contract iothub-rest section 8.
extension GatewayClient {
    /// Makes a job.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - job: `type`, `updateTwin` or `cloudToDeviceMethod`, `queryCondition` and what else it has.
    /// - Returns: the job as the gateway has it.
    /// - Throws: refused with 409 when its id is taken.
    package func createJob(_ id: String, _ job: JSONObject) async throws(GatewayClientError) -> JSONObject {
        var body: JSONObject = ["jobId": .string(id)]
        for member in job { body[member.name] = member.value }
        return try await self.document(.PUT, GatewayClient.jobPath(id), body: body)
    }

    /// A job; refused with 404 when unknown.
    package func job(_ id: String) async throws(GatewayClientError) -> JSONObject {
        try await self.document(.GET, GatewayClient.jobPath(id))
    }

    /// Ends a job; what is done stays done.
    package func cancelJob(_ id: String) async throws(GatewayClientError) -> JSONObject {
        try await self.document(.POST, "\(GatewayClient.jobPath(id))/cancel")
    }

    /// One page of the jobs.
    ///
    /// - Parameters:
    ///   - type: `scheduleUpdateTwin` or `scheduleDeviceMethod`; `nil`: both.
    ///   - status: such as `running`; `nil`: all.
    ///   - pageSize: how many, `nil`: the gateway's own choice.
    ///   - continuation: what the page before gave.
    /// - Returns: the page.
    /// - Throws: `GatewayClientError`.
    package func jobs(
        type: String? = nil,
        status: String? = nil,
        pageSize: Int? = nil,
        continuation: String? = nil
    ) async throws(GatewayClientError) -> DocumentPage {
        var query = [(name: String, value: String)]()
        if let type { query.append(("jobType", type)) }
        if let status { query.append(("jobStatus", status)) }
        return try await self.documents(
            .GET,
            "/jobs/v2/query",
            query: query,
            headers: GatewayClient.pageHeaders(size: pageSize, continuation: continuation)
        )
    }

    private static func jobPath(_ id: String) -> String {
        "/jobs/v2/\(PercentEncoding.encode(id))"
    }
}
