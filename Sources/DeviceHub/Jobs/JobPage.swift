package import TelemetryJSON

/// Some jobs, the newest first.
package struct JobPage: Equatable, Sendable {
    /// The jobs' documents.
    package var items: [JSONObject]
    /// The token of the next page; `nil` behind the last job.
    package var continuation: String?

    /// A page.
    package init(items: [JSONObject], continuation: String?) {
        self.items = items
        self.continuation = continuation
    }
}
