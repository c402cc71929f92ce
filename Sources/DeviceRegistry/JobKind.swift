/// What a scheduled job does with each device; the raw values are those of the contract.
///
/// Source: contract iothub-rest section 8.
package enum JobKind: String, CaseIterable, Sendable {
    /// Writes tags and desired properties.
    case updateTwin = "scheduleUpdateTwin"
    /// Calls a direct method.
    case method = "scheduleDeviceMethod"
}
