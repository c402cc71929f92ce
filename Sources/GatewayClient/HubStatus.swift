/// What the gateway says about itself.
package struct HubStatus: Codable, Equatable, Sendable {
    /// Devices by status.
    package struct Devices: Codable, Equatable, Sendable {
        package var total: Int
        package var enabled: Int
        package var disabled: Int
    }

    /// `ok`, or `degraded` with reasons.
    package var status: String
    package var reasons: [String]
    package var version: String
    /// The names the hub answers to.
    package var hubNames: [String]
    /// What devices name that register; `nil` = there is no provisioning service.
    package var idScope: String?
    package var devices: Devices
    /// Devices connected now.
    package var connections: Int
    /// ISO 8601.
    package var startedTime: String
    package var uptimeSeconds: Int64
    package var topics: [TopicDescription]
}
