/// Whether the gateway does all of its work, and if not, why.
package struct HealthReport: Equatable, Sendable {
    /// One sentence for each fault; empty: healthy.
    package var reasons: [String]

    /// A report; without reasons all is well.
    package init(reasons: [String] = []) {
        self.reasons = reasons
    }

    /// Whether nothing is wrong.
    package var isHealthy: Bool { self.reasons.isEmpty }
}
