import HomeAssistant
import TelemetryJSON
import TelemetryModel
import Testing

/// A board in virtual time, with short ways to say what happens and what it publishes.
struct BoardBench {
    var board: HomeAssistantBoard
    var now = Duration.zero
    /// What the broker retains by now.
    private(set) var retained: [String: String] = [:]
    /// When `now` was zero.
    static let origin = Timestamp(milliseconds: 1_800_000_000_000)

    static func settings(prefix: String = "ha", base: String = "w", devicesMax: Int = 3) -> HomeAssistantBoard.Settings
    {
        HomeAssistantBoard.Settings(
            topics: DiscoveryTopics(prefix: prefix, base: base),
            devicesMax: devicesMax,
            offlineDelay: .seconds(60),
            version: "1.2.3"
        )
    }

    init(_ settings: HomeAssistantBoard.Settings = BoardBench.settings(), retained: [String: String] = [:]) {
        var found = RetainedDiscovery()
        for (topic, payload) in retained where RetainedDiscovery.isCandidate(topic: topic.utf8) {
            found.note(topic: topic, payload: Array(payload.utf8))
        }
        self.board = HomeAssistantBoard(settings, retained: found, at: .zero)
        self.retained = retained
    }

    static func id(_ text: String) throws -> IdentityID { try #require(IdentityID(text)) }

    /// Telemetry, enqueued now.
    mutating func send(_ device: String, _ json: String, isPresent: Bool = true) throws {
        var json = json
        let id = try Self.id(device)
        let enqueued = Self.origin + self.now
        json.withUTF8 { value in
            self.board.telemetry(of: id, value: value, enqueued: enqueued, isPresent: isPresent, at: self.now)
        }
    }

    /// Answers what the board asks for: with reported properties, or that there is no such identity.
    ///
    /// - Returns: who was asked for.
    @discardableResult
    mutating func answer(_ reported: String? = "{}", isConnected: Bool = true) -> [String] {
        let asked = self.board.takeRequests(atMost: 100)
        for device in asked {
            self.board.found(
                device,
                facts: reported.map { DeviceFacts(reported: (try? JSONValue(parsing: $0.utf8))?.object ?? [:]) },
                isConnected: isConnected,
                at: self.now
            )
        }
        return asked.map(\.description)
    }

    /// A device that is shown, and everything said of it.
    mutating func show(_ device: String, _ json: String, isConnected: Bool = true) throws {
        try self.send(device, json)
        self.answer(isConnected: isConnected)
        _ = self.take()
    }

    mutating func connection(of device: String, _ isConnected: Bool) throws {
        self.board.connection(of: try Self.id(device), isConnected: isConnected, at: self.now)
    }

    /// All messages of now as `topic payload`, `!` before the retained.
    mutating func take() -> [String] {
        var lines: [String] = []
        while true {
            let messages = self.board.take(atMost: 1, at: self.now)
            guard !messages.isEmpty else { return lines }
            for message in messages {
                let payload = String(decoding: message.payload, as: UTF8.self)
                if message.isRetained { self.retained[message.topic] = payload.isEmpty ? nil : payload }
                lines.append("\(message.isRetained ? "!" : "")\(message.topic) \(payload)")
            }
        }
    }

    /// The same, of discovery messages the topic alone.
    mutating func takeTopics() -> [String] {
        self.take().map { line in
            let topic = line.prefix { $0 != " " }
            return topic.hasSuffix("/config") && !line.hasSuffix(" ") ? String(topic) : line
        }
    }

    mutating func advance(_ seconds: Double) {
        self.now += .milliseconds(Int((seconds * 1_000).rounded()))
    }
}
