/// What a connection knows of the listener it came in on.
struct KafkaListenerInfo: Equatable, Sendable {
    var isTLS: Bool
    /// Whether the client must authenticate.
    var requiresSASL: Bool
    /// What Metadata answers.
    var advertisedHost: String
    var advertisedPort: Int32
}
