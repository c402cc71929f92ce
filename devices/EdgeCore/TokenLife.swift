/// How long a token lives and when the agent makes a new one.
package struct TokenLife: Equatable, Sendable {
    /// A device with the public SDK renews this long before expiry.
    package static let marginMin: Duration = .seconds(120)

    package let life: Duration

    package init(_ life: Duration) {
        self.life = life
    }

    /// When to reconnect with a new token, counted from its making: a tenth of its life before expiry, at least 120 s,
    /// but never in the first half of its life.
    package var renewAfter: Duration {
        self.life - min(max(Self.marginMin, self.life / 10), self.life / 2)
    }
}
