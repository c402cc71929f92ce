/// The agent's own version, as `--version` prints it and the gateway sees it in the user name.
package enum AgentVersion {
    package static let text = "0.1.0"

    /// 2026-11-21T00:00:00Z: no clock that shows an earlier time is right. Seconds since 1970.
    package static let builtAfterSeconds: Int64 = 1_795_219_200
}
