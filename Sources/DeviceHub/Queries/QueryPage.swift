package import TelemetryJSON

/// Some rows of a query's answer.
package struct QueryPage: Equatable, Sendable {
    /// What the rows are: `Twin`, `DeviceJob`, or `Raw` for columns.
    package var itemType: String
    /// The rows; may be none although more follow.
    package var items: [JSONObject]
    /// The token of the next page; `nil` behind the last row.
    package var continuation: String?

    /// A page.
    package init(itemType: String, items: [JSONObject], continuation: String?) {
        self.itemType = itemType
        self.items = items
        self.continuation = continuation
    }
}
