import MQTTProtocol
import Synchronization
import TelemetryModel

/// Bounds how often a principal connects, counted over CONNECTs that proved who they are: nobody else uses up its
/// places. Bounded: one that rests is forgotten.
final class ConnectThrottle: Sendable {
    /// Principals remembered; beyond it those that rest are forgotten, and if that is not enough, all.
    static let principalsMax = 65_536

    private let buckets = Mutex<[Principal: TokenBucket]>([:])
    private let uptime: @Sendable () -> Duration

    /// A throttle with a monotonic clock.
    init(uptime: @escaping @Sendable () -> Duration) {
        self.uptime = uptime
    }

    /// Whether the principal may connect now.
    ///
    /// - Parameters:
    ///   - principal: who.
    ///   - perMinute: how often a minute, and at once after a rest; 0 is no limit.
    /// - Returns: `false` when it came too often; that is not counted.
    func admits(_ principal: Principal, perMinute: Int) -> Bool {
        guard perMinute > 0 else { return true }
        let now = self.uptime()
        let rate = Double(perMinute) / 60
        return self.buckets.withLock { buckets in
            var bucket = buckets[principal] ?? TokenBucket(rate: rate, burst: Double(perMinute))
            // The limit was changed meanwhile.
            if bucket.rate != rate { bucket = TokenBucket(rate: rate, burst: Double(perMinute)) }
            let isAdmitted = bucket.takeIfPresent(1, at: now)
            if buckets.count >= ConnectThrottle.principalsMax, buckets[principal] == nil {
                buckets = buckets.filter { $0.value.wait(for: Int($0.value.burst), at: now) > .zero }
                if buckets.count >= ConnectThrottle.principalsMax { buckets.removeAll() }
            }
            buckets[principal] = bucket
            return isAdmitted
        }
    }
}
