import EdgeAgent
import EdgeCore
import Testing

/// Configurations written in a test, as the file `dir/agent.yaml`.
enum ConfigurationText {
    static func load(_ text: String) throws(ConfigurationFaults) -> AgentConfiguration {
        try ConfigurationFile.load(Array(text.utf8), file: "dir/agent.yaml")
    }

    /// What is wrong with a text; that nothing is, is a fault of the test.
    static func faults(_ text: String) -> [String] {
        let faults = #expect(throws: ConfigurationFaults.self) { try self.load(text) }
        return faults?.faults.map(\.description) ?? []
    }
}
