import FoundationEssentials

/// The columns of an ``IdentityAccess``, the same in every table that has them.
struct AccessColumns {
    var password: String?
    var topics: String?
    var limits: String?

    init(password: String?, topics: String?, limits: String?) {
        self.password = password
        self.topics = topics
        self.limits = limits
    }

    init(_ access: IdentityAccess) {
        self.password = access.password?.text
        self.topics = access.topics.isEmpty ? nil : AccessColumns.json(access.topics)
        self.limits = access.limits == .standard ? nil : AccessColumns.json(access.limits)
    }

    /// The access; `nil` for columns that nobody here wrote. Read as “none” they would open or close what they should
    /// not.
    var access: IdentityAccess? {
        var access = IdentityAccess()
        if let password = self.password {
            guard let hash = PasswordHash(text: password) else { return nil }
            access.password = hash
        }
        if let topics = self.topics {
            guard let value = try? JSONDecoder().decode(TopicGrants.self, from: Data(topics.utf8)) else { return nil }
            access.topics = value
        }
        if let limits = self.limits {
            guard let value = try? JSONDecoder().decode(RateLimits.self, from: Data(limits.utf8)) else { return nil }
            access.limits = value
        }
        return access
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("strings and integers can be written as JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
