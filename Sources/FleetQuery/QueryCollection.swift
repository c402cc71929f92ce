/// What a query reads.
package enum QueryCollection: String, CaseIterable, Sendable {
    /// Device twins.
    case devices = "devices"
    /// Module twins.
    case modules = "devices.modules"
    /// What jobs did on single devices.
    case jobs = "devices.jobs"
}
