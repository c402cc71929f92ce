package import CoreMetrics

/// The broker's metrics; handles are made once.
///
/// | name | labels | what |
/// | --- | --- | --- |
/// | `weir_mqtt_sessions` | | sessions, connected or kept |
/// | `weir_mqtt_retained_messages` | | retained messages |
/// | `weir_mqtt_retained_refused` | | messages not retained because of a limit |
/// | `weir_mqtt_queued_messages` | | messages that wait for persistent sessions |
/// | `weir_mqtt_buffered_bytes` | | bytes of messages that wait in memory for clients |
/// | `weir_mqtt_messages_routed` | | messages of ordinary topics |
/// | `weir_mqtt_messages_dropped` | `reason` | deliveries that were not made: `slow` QoS 0 to a client that does not read, `full` a queue at its bound, `expired` |
/// | `weir_mqtt_journal_live_bytes` | | bytes of `_mqtt` that are needed |
/// | `weir_mqtt_journal_moved` | | records the cleaner appended again |
package struct BrokerMetrics: Sendable {
    let sessions: Meter
    let retained: Meter
    let retainedRefused: Counter
    let queued: Meter
    let buffered: Meter
    let routed: Counter
    let droppedSlow: Counter
    let droppedFull: Counter
    let expired: Counter
    let liveBytes: Meter
    let moved: Counter

    /// Handles of a factory.
    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        func meter(_ name: String) -> Meter { Meter(label: "weir_mqtt_\(name)", factory: factory) }
        func dropped(_ reason: String) -> Counter {
            Counter(label: "weir_mqtt_messages_dropped", dimensions: [("reason", reason)], factory: factory)
        }
        self.sessions = meter("sessions")
        self.retained = meter("retained_messages")
        self.retainedRefused = Counter(label: "weir_mqtt_retained_refused", factory: factory)
        self.queued = meter("queued_messages")
        self.buffered = meter("buffered_bytes")
        self.routed = Counter(label: "weir_mqtt_messages_routed", factory: factory)
        self.droppedSlow = dropped("slow")
        self.droppedFull = dropped("full")
        self.expired = dropped("expired")
        self.liveBytes = meter("journal_live_bytes")
        self.moved = Counter(label: "weir_mqtt_journal_moved", factory: factory)
    }
}
