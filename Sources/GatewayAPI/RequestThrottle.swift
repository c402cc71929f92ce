import HubProtocol
import Synchronization
import TelemetryModel

/// Holds each policy to its rate, over all listeners. Asked only for tokens that were verified, so it has one bucket for each
/// policy at most.
final class RequestThrottle: Sendable {
    private let perSecond: Int
    private let buckets = Mutex<[String: RequestBucket]>([:])

    /// A throttle of so many requests a second; 0 lets everything through.
    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    /// Takes one request of a policy.
    ///
    /// - Throws: `throttled`, with the seconds after which the next may come.
    func take(_ policy: String, at now: Timestamp) throws(HubError) {
        guard self.perSecond > 0 else { return }
        let wait = self.buckets.withLock { buckets in
            buckets[policy, default: RequestBucket(perSecond: self.perSecond, at: now)].take(at: now)
        }
        guard let wait else { return }
        throw HubError(
            .throttled,
            "the policy \(policy) sends more than \(self.perSecond) requests a second, which is api.requestsPerSecondMax",
            retryAfterSeconds: Int((wait.wholeMilliseconds + 999) / 1_000)
        )
    }
}
