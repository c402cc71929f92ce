package import DeviceHub
package import HubProtocol
package import TelemetryJSON

/// What the API asks of scheduled jobs; implemented by the hub. Documents are the contract's.
///
/// Source: contract iothub-rest section 8.
package protocol JobServing: Sendable {
    /// Makes a job.
    func create(_ id: String, _ body: JSONObject, author: String) async throws(HubError) -> JSONObject
    /// One job.
    func job(_ id: String) async throws(HubError) -> JSONObject
    /// Ends a job; what is done stays done.
    func cancel(_ id: String, author: String) async throws(HubError) -> JSONObject
    /// A page of jobs.
    ///
    /// - Parameters:
    ///   - type: `scheduleUpdateTwin` or `scheduleDeviceMethod`; `nil` for both.
    ///   - status: such as `running`; `nil` for all.
    ///   - limit: jobs at most, 1 or more.
    ///   - continuation: what the page before gave; `nil` for the first.
    /// - Returns: the page.
    /// - Throws: the contract's errors.
    func jobs(
        type: String?,
        status: String?,
        limit: Int,
        continuation: String?
    ) async throws(HubError) -> JobPage
}

extension JobService: JobServing {}
