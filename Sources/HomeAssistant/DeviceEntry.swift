import TelemetryJSON
import TelemetryModel

/// A device as Home Assistant is told of it: what it has been told, and what is to be said.
struct DeviceEntry: Sendable {
    /// The last value of a channel.
    struct Channel: Sendable {
        var name: String
        /// As the device wrote it; `nil`: none since the start.
        var text: [UInt8]?
        /// When it was measured.
        var time: Timestamp
    }

    /// What is known of its connection.
    enum Link: Equatable, Sendable {
        /// Nothing since the start: it may come back.
        case unknown
        /// It has none of its own: others bring its telemetry.
        case none
        case connected
        case gone
    }

    /// What stands in the broker for an entity.
    struct Announcement: Sendable {
        /// Of the payload; `nil`: it is to be published again, whatever it is.
        var mark: UInt64?
    }

    var channels: [Channel] = []
    var facts: DeviceFacts?
    var link = Link.unknown
    var announced: [DiscoveredEntity: Announcement] = [:]
    /// Whether telemetry of it came since the start.
    var isHeard = false
    var isOnline: Bool?
    /// What is retained; `nil`: not known.
    var isToldOnline: Bool?
    /// Whether there is such a payload in the broker.
    var hasToldOnline = false
    /// Of the payload of its sensors.
    var toldSensors: UInt64?
    /// Whether there is such a payload in the broker.
    var hasToldSensors = false
    /// Whether channels or facts are others than when it was announced.
    var isChanged = false
    var hasNewState = false
    // Where it stands in line.
    var isReady = false
    var isAsked = false
    /// A state was published less than the interval ago.
    var isResting = false
    var repeatsState = false
    var awaitsDeparture = false
    /// When it is shown as gone; `nil`: not.
    var offlineAt: Duration?

    /// The place of a channel by its name.
    func place(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        self.channels.firstIndex { $0.name.utf8.elementsEqual(name) }
    }

    /// What is to be shown of it, channels in the order they came.
    var entities: [DiscoveredEntity] {
        self.channels.map { .channel($0.name) } + (self.facts?.sensors ?? []).map { .sensor($0.key) }
    }

    /// The last values of all channels; `nil`: there is none.
    ///
    /// ```json
    /// {"temperature":21.42,"bus.u":5}
    /// ```
    var statePayload: [UInt8]? {
        var json = JSONWriter(capacity: 256)
        var isEmpty = true
        json.beginObject()
        for channel in self.channels {
            guard let text = channel.text else { continue }
            isEmpty = false
            json.key(channel.name)
            json.raw(text)
        }
        json.endObject()
        return isEmpty ? nil : json.bytes
    }

    /// A number that two payloads share hardly ever (FNV-1a, 64 bits).
    static func mark(of payload: [UInt8]) -> UInt64 {
        payload.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
