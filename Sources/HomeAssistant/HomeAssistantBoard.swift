import DequeModule
import TelemetryJSON
package import TelemetryModel

/// What Home Assistant is told of the gateway's devices: which channels there are, whether a device is there, its last values.
///
/// ```
/// telemetry ──► new device? ─► asked: twin, connection ─► found ─► config … availability, sensors, state ─► take(atMost:)
/// connected/gone, twin changed, deleted, Home Assistant's birth ──────┘                                     in this order
/// ```
/// - Pure: the owner reads the logs and the registry, and publishes what ``take(atMost:at:)`` gives in that order. `now` is monotonic.
/// - Only registered devices are shown, from their first live telemetry on, and at most `devicesMax`: the first to send. Who is
///   there keeps its place until it is deleted.
/// - A state has the last value of every channel, so that a message with one of them takes nothing from the others. It is published
///   once a second at most, the newest; what was measured earlier than what is known of a channel changes nothing.
/// - A device's availability is its connection's: gone after `offlineDelay` without one. One that never had one, since others bring
///   its telemetry, is there when telemetry comes.
/// - What is retained in the broker is published again only when it is another, or when Home Assistant starts.
///
/// Memory: at most 64 channels a device; with ten it is about 20 KB, the broker's retained messages included (measured with a
/// thousand devices).
package struct HomeAssistantBoard: Sendable {
    /// What can be set.
    package struct Settings: Equatable, Sendable {
        package var topics: DiscoveryTopics
        /// Devices shown.
        package var devicesMax: Int
        /// From the end of a device's last connection until it is shown as gone.
        package var offlineDelay: Duration
        /// The gateway's.
        package var version: String

        /// Settings of these values.
        package init(topics: DiscoveryTopics, devicesMax: Int, offlineDelay: Duration, version: String) {
            self.topics = topics
            self.devicesMax = devicesMax
            self.offlineDelay = offlineDelay
            self.version = version
        }
    }

    /// Channels of one device.
    package static let channelsMax = 64
    /// Between two states of one device.
    package static let stateInterval = Duration.seconds(1)
    /// A state is repeated so long after an entity was announced: Home Assistant subscribes only then, up to a second later.
    package static let repeatDelay = Duration.seconds(5)
    /// Between two renewals; births that come faster wait together.
    package static let renewalInterval = Duration.seconds(10)
    /// Ids that are remembered to be nobody's, or to have had a connection.
    static let rememberedMax = 10_000

    let settings: Settings
    let payload: DiscoveryPayload
    var entries: [IdentityID: DeviceEntry] = [:]
    /// Ids without identity that telemetry came from.
    var strangers: Set<IdentityID> = []
    /// Devices that had a connection since the start, and were not shown then.
    var connected: Set<IdentityID> = []
    /// Retained messages that go.
    var removals: Deque<DiscoveryMessage> = []
    var ready: Deque<IdentityID> = []
    var requests: Deque<IdentityID> = []
    /// Whose next state may be published then.
    var states = DueLine()
    /// Whose state is repeated.
    var repeats = DueLine()
    /// Who is shown as gone.
    var departures = DueLine()
    var renewedAt: Duration?
    var renewalDue: Duration?
    private var scanner = TelemetryScanner()
    /// Whether a device found no place since the last one was removed.
    package internal(set) var isFull = false

    /// A board that knows what an earlier run said.
    ///
    /// - Parameters:
    ///   - settings: what can be set.
    ///   - retained: what the broker holds. Of other settings, or beyond `devicesMax`: it is taken away.
    ///   - now: monotonic.
    package init(_ settings: Settings, retained: RetainedDiscovery = RetainedDiscovery(), at now: Duration) {
        self.settings = settings
        self.payload = DiscoveryPayload(topics: settings.topics, version: settings.version)
        self.restore(retained, at: now)
    }

    /// Devices that are shown, or are being looked up.
    package var deviceCount: Int { self.entries.count }

    // MARK: Telemetry

    /// Whether a message of this device can change anything: cheap, before the message is read.
    package mutating func wants(_ device: IdentityID) -> Bool {
        guard self.entries[device] == nil else { return true }
        guard !self.strangers.contains(device) else { return false }
        guard self.entries.count >= self.settings.devicesMax else { return true }
        self.isFull = true
        return false
    }

    /// Takes in a message of live telemetry: nothing of a backlog, and no event.
    ///
    /// - Parameters:
    ///   - device: whose.
    ///   - value: the record's; what is no telemetry changes nothing.
    ///   - enqueued: when the log took it: the time of values without `ts`, or with one that cannot be.
    ///   - isPresent: whether it came since the start, so that it says something about now.
    ///   - now: monotonic.
    package mutating func telemetry(
        of device: IdentityID,
        value: UnsafeBufferPointer<UInt8>,
        enqueued: Timestamp,
        isPresent: Bool,
        at now: Duration
    ) {
        guard (try? self.scanner.scan(value)) != nil, !self.scanner.values.isEmpty else { return }
        guard self.wants(device) else { return }
        // Taken out, so that it is changed in its place.
        var entry = self.entries.removeValue(forKey: device) ?? DeviceEntry()
        for reading in self.scanner.readings { self.take(reading, of: value, enqueued: enqueued, into: &entry) }
        entry.isHeard = entry.isHeard || isPresent
        let isNew = entry.facts == nil
        self.entries[device] = entry
        if isNew {
            self.ask(for: device)
        } else {
            if isPresent, entry.link == .unknown { self.heard(device) }
            if entry.hasNewState || entry.isChanged { self.makeReady(device) }
        }
    }

    private mutating func take(
        _ reading: TelemetryReading,
        of value: UnsafeBufferPointer<UInt8>,
        enqueued: Timestamp,
        into entry: inout DeviceEntry
    ) {
        let time = HomeAssistantBoard.time(of: reading, enqueued: enqueued)
        for index in reading.values {
            let found = self.scanner.values[index]
            let text = Array(value[found.text])
            let (place, name) = self.scanner.withName(of: found, in: value) { name in
                (entry.place(of: name), String(decoding: name, as: UTF8.self))
            }
            guard let place else {
                guard entry.channels.count < HomeAssistantBoard.channelsMax, !name.isEmpty else { continue }
                entry.channels.append(DeviceEntry.Channel(name: name, text: text, time: time))
                entry.isChanged = true
                entry.hasNewState = true
                continue
            }
            guard entry.channels[place].text == nil || time >= entry.channels[place].time else { continue }
            entry.channels[place].text = text
            entry.channels[place].time = time
            entry.hasNewState = true
        }
    }

    /// A clock that is ahead, or was never set, must not keep later values out.
    private static func time(of reading: TelemetryReading, enqueued: Timestamp) -> Timestamp {
        guard let time = reading.timestamp, time <= enqueued, time.milliseconds >= self.clocksBegin else {
            return enqueued
        }
        return time
    }

    /// 2020-01-01: boards without a clock begin in 1970 or 2000.
    private static let clocksBegin: Int64 = 1_577_836_800_000
}
