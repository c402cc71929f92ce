package import CoreMetrics
package import IngestRules
package import MQTTServer
import NIOCore
import Synchronization
package import TelemetryModel

/// Makes telemetry of ordinary topics by the rules of `ingest.yaml`.
///
/// Called on event loops: rules are pure. Only Sparkplug messages share something, the birth certificates, behind one lock
/// that is held for one message.
package final class IngestService: MessageIngesting {
    private let rules: IngestRules
    private let now: @Sendable () -> Timestamp
    let metrics: IngestMetrics
    private let sparkplug = Mutex(SparkplugState())
    private let publisher = Mutex<(@Sendable (RebirthRequest) -> Void)?>(nil)

    /// A service for these rules.
    ///
    /// - Parameters:
    ///   - rules: of `ingest.yaml`.
    ///   - now: the wall clock.
    ///   - metrics: where the counters go.
    package init(rules: IngestRules, now: @escaping @Sendable () -> Timestamp, metrics: any MetricsFactory) {
        self.rules = rules
        self.now = now
        self.metrics = IngestMetrics(rules: rules, factory: metrics)
    }

    /// Says how commands to Sparkplug nodes are published; before that they are not. Called from any thread.
    package func publishes(_ publish: @escaping @Sendable (RebirthRequest) -> Void) {
        self.publisher.withLock { $0 = publish }
    }

    // MARK: On event loops

    package func rule(for topic: String, from principal: Principal?) -> (any IngestRule)? {
        guard let binding = self.rules.resolve(topic: topic.utf8) else { return nil }
        return IngestTopic(binding: binding, topic: topic, principal: principal, service: self)
    }

    /// Makes telemetry of a message that comes now.
    func decode(_ payload: ByteBuffer, isRetained: Bool, by binding: IngestBinding) -> IngestOutcome {
        let now = self.now()
        guard binding.needsSparkplugState else {
            return binding.decode(payload, isRetained: isRetained, arrivedAt: now)
        }
        return self.sparkplug.withLock { state in
            binding.decode(payload, isRetained: isRetained, arrivedAt: now, state: &state)
        }
    }

    /// Publishes a command that asks a node for its birth.
    func publish(_ request: RebirthRequest) {
        guard let publish = self.publisher.withLock({ $0 }) else { return }
        self.metrics.rebirths.increment()
        publish(request)
    }
}
