package import MQTTServer
import NIOCore
import Synchronization
package import TelemetryModel

/// Hears Home Assistant's birth message, `online` on one topic, among what clients publish; all else goes its way unchanged.
///
/// Source: Home Assistant, MQTT integration, "Birth and last will messages".
package final class BirthWatch: MessageIngesting {
    private let inner: any MessageIngesting
    private let topic: String
    private let hasStarted = Atomic<Bool>(false)

    /// A watch in front of the ingest rules.
    ///
    /// - Parameters:
    ///   - inner: makes telemetry of messages, of the birth, too, if there is a rule.
    ///   - topic: the birth's.
    package init(inner: any MessageIngesting, topic: String) {
        self.inner = inner
        self.topic = topic
    }

    /// Whether Home Assistant has started since this was asked last. From any thread.
    package func takeStarted() -> Bool {
        self.hasStarted.exchange(false, ordering: .relaxed)
    }

    package func rule(for topic: String, from principal: Principal?) -> (any IngestRule)? {
        let rule = self.inner.rule(for: topic, from: principal)
        return topic == self.topic ? BirthRule(inner: rule, watch: self) : rule
    }

    fileprivate func heard(_ payload: ByteBuffer) {
        if payload.readableBytesView.elementsEqual("online".utf8) { self.hasStarted.store(true, ordering: .relaxed) }
    }
}

/// The birth's topic with the rule it has besides.
private final class BirthRule: IngestRule {
    private let inner: (any IngestRule)?
    private let watch: BirthWatch

    init(inner: (any IngestRule)?, watch: BirthWatch) {
        self.inner = inner
        self.watch = watch
    }

    var isBrokered: Bool { self.inner?.isBrokered ?? true }

    func ingest(payload: ByteBuffer, isRetained: Bool) -> IngestResult {
        self.watch.heard(payload)
        return self.inner?.ingest(payload: payload, isRetained: isRetained) ?? IngestResult()
    }
}
