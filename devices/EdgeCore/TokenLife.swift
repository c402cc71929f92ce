/// How long a token lives and when the agent makes a new one.
package struct TokenLife: Equatable, Sendable {
    /// A device with the public SDK renews this long before expiry.
    package static let marginMin: Duration = .seconds(120)

    package let life: Duration
    /// 0 to 1: how much of the jitter this agent takes.
    private let jitter: Double

    /// - Parameters:
    ///   - life: From its making to its expiry.
    ///   - jitter: 0 to 1; another one for each agent, so that a fleet that came back together does not renew together.
    package init(_ life: Duration, jitter: Double = 0) {
        self.life = life
        self.jitter = min(max(jitter, 0), 1)
    }

    /// When to reconnect with a new token, counted from its making: a tenth of its life before expiry, at least 120 s,
    /// but never in the first half of its life; and by jitter up to another tenth earlier.
    package var renewAfter: Duration {
        self.life - min(max(Self.marginMin, self.life / 10), self.life / 2) - self.life / 10 * self.jitter
    }
}
