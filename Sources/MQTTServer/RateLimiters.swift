import MQTTProtocol
import Synchronization
import TelemetryModel

/// What limited principals may send, shared by their connections on all event loops.
///
/// Asked once per read, never per message, and only for principals with a limit.
final class RateLimiters: Sendable {
    /// The buckets of one principal.
    final class Limiter: Sendable {
        private struct Buckets {
            var messages: TokenBucket?
            var bytes: TokenBucket?
        }

        let principal: Principal
        private let buckets: Mutex<Buckets>

        init(principal: Principal, rates: ConnectionRates) {
            self.principal = principal
            self.buckets = Mutex(
                Buckets(
                    messages: rates.messagesPerSecond.map { TokenBucket(rate: Double($0), burst: Double($0)) },
                    bytes: rates.bytesPerSecond.map { TokenBucket(rate: Double($0), burst: Double($0)) }
                )
            )
        }

        /// Counts what came; returns how long nothing more is to be read.
        func take(messages: Int, bytes: Int, at now: Duration) -> Duration {
            self.buckets.withLock { buckets in
                max(
                    buckets.messages?.take(messages, at: now) ?? .zero,
                    buckets.bytes?.take(bytes, at: now) ?? .zero
                )
            }
        }
    }

    private struct Entry {
        var limiter: Limiter
        var rates: ConnectionRates
        var connections: Int
    }

    private let entries = Mutex<[Principal: Entry]>([:])

    /// The limiter of a principal that connects; the newest connection's rates hold for all.
    func join(_ principal: Principal, rates: ConnectionRates) -> Limiter {
        self.entries.withLock { entries in
            if var entry = entries[principal], entry.rates == rates {
                entry.connections += 1
                entries[principal] = entry
                return entry.limiter
            }
            let limiter = Limiter(principal: principal, rates: rates)
            let connections = (entries[principal]?.connections ?? 0) + 1
            entries[principal] = Entry(limiter: limiter, rates: rates, connections: connections)
            return limiter
        }
    }

    /// A connection of the principal ended. What it took is kept while another one has the limiter.
    func leave(_ principal: Principal) {
        self.entries.withLock { entries in
            guard var entry = entries[principal] else { return }
            entry.connections -= 1
            entries[principal] = entry.connections > 0 ? entry : nil
        }
    }
}
