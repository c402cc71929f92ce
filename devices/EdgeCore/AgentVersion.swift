package import TelemetryModel

/// The agent's own version, as `--version` prints it and the gateway sees it in the user name.
package enum AgentVersion {
    package static let text = "0.1.0"
    /// No time before this can be true; raised with each release: 2026-11-21.
    package static let released = Timestamp(seconds: 1_795_219_200)
}
