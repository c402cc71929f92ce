/// Names of record headers with a meaning of Weir's own that devices set.
///
/// Source: DESIGN section 5.
package enum DeviceHeaders {
    /// `true` on backlog: readings that may arrive after newer ones.
    package static let historical = "weir-historical"
}
