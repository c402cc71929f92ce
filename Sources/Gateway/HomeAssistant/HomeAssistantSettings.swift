import HomeAssistant

/// What Home Assistant is told, checked. Units and reasons: `config/gateway.yaml`.
package struct HomeAssistantSettings: Equatable, Sendable {
    /// Whether it is told anything; when not, what an earlier start told it is taken back.
    package var isOn: Bool
    /// Where it looks for discovery messages.
    package var prefix: String
    /// What the topics with values begin with.
    package var topic: String
    package var devicesMax: Int
    /// How long a device without a connection still counts as there.
    package var offlineDelay: Duration

    /// Where Home Assistant says that it has started.
    var birthTopic: String { self.board.topics.birth }

    /// What the board is told.
    var board: HomeAssistantBoard.Settings {
        HomeAssistantBoard.Settings(
            topics: DiscoveryTopics(prefix: self.prefix, base: self.topic),
            devicesMax: self.devicesMax,
            offlineDelay: self.offlineDelay,
            version: Version.current
        )
    }
}
