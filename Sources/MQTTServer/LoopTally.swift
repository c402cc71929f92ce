import CoreMetrics

/// What one event loop counted since it last told the metrics: plain integers on the hot path, one addition per turn.
struct LoopTally {
    var receivedQoS0 = 0
    var receivedQoS1 = 0
    var receivedQoS2 = 0
    var acknowledged = 0
    var delivered = 0
    var dropped = 0
    /// Messages that were in the log already.
    var repeated = 0
    /// Messages with numbers that cannot be read.
    var misnumbered = 0
    var bytes = 0

    mutating func flush(into metrics: MQTTMetrics) {
        if self.receivedQoS0 > 0 { metrics.receivedQoS0.increment(by: self.receivedQoS0) }
        if self.receivedQoS1 > 0 { metrics.receivedQoS1.increment(by: self.receivedQoS1) }
        if self.receivedQoS2 > 0 { metrics.receivedQoS2.increment(by: self.receivedQoS2) }
        if self.acknowledged > 0 { metrics.acknowledged.increment(by: self.acknowledged) }
        if self.delivered > 0 { metrics.delivered.increment(by: self.delivered) }
        if self.dropped > 0 { metrics.dropped.increment(by: self.dropped) }
        if self.repeated > 0 { metrics.repeated.increment(by: self.repeated) }
        if self.misnumbered > 0 { metrics.misnumbered.increment(by: self.misnumbered) }
        if self.bytes > 0 { metrics.bytes.increment(by: self.bytes) }
        self = LoopTally()
    }
}
