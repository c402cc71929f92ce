/// What Weir knows of an identity beyond the hub's contract: a password, topics, limits.
package struct IdentityAccess: Equatable, Sendable {
    /// `nil`: no password opens it.
    package var password: PasswordHash?
    /// Topics beyond the hub's own.
    package var topics: TopicGrants
    /// Its own limits, where it has some.
    package var limits: RateLimits

    /// Access of these parts; nothing by default.
    package init(password: PasswordHash? = nil, topics: TopicGrants = .none, limits: RateLimits = .standard) {
        self.password = password
        self.topics = topics
        self.limits = limits
    }
}
