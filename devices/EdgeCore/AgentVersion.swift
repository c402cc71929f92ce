/// The agent's own version, as `--version` prints it and the gateway sees it in the user name.
package enum AgentVersion {
    package static let text = "0.1.0"
}
