package import LogFormat

extension EventLog {
    /// Settings of a topic that is made without any.
    package var settingsDefault: TopicSettings { self.configuration.settingsDefault }
}
