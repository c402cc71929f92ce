import DeviceRegistry
import HubProtocol

/// What a client sends of an identity's password, topics and limits; absent members stay as they are.
///
///     {"password":"…" or null, "permissions":{"publish":["sensors/{device}/#"],"subscribe":[…]},
///      "limits":{"messagesPerSecond":100}}
///
/// In the place of a password `passwordHash` may stand, the text that an export has for one.
///
/// `hasPassword` and what else is answered is passed over, so that what was read can be sent back.
struct AccessBody: Decodable {
    struct Permissions: Decodable {
        var publish: [String]?
        var subscribe: [String]?
    }

    /// What to do with the password.
    enum PasswordChange: Equatable {
        case keep
        case remove
        case set(String)
        /// The text of a hash, not checked yet.
        case hashed(String)
    }

    var password: PasswordChange
    var permissions: Permissions?
    /// `nil` keeps them; an empty object takes them away.
    var limits: RateLimits?

    private enum Member: String, CodingKey {
        case password
        case passwordHash
        case permissions
        case limits
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        if let hash = try members.decodeIfPresent(String.self, forKey: .passwordHash) {
            self.password = .hashed(hash)
        } else if !members.contains(.password) {
            self.password = .keep
        } else if try members.decodeNil(forKey: .password) {
            self.password = .remove
        } else {
            self.password = .set(try members.decode(String.self, forKey: .password))
        }
        self.permissions = try members.decodeIfPresent(Permissions.self, forKey: .permissions)
        self.limits = try members.decodeIfPresent(RateLimits.self, forKey: .limits)
    }

    /// The password to hash, checked; `nil` when none is set.
    func newPassword() throws(HubError) -> [UInt8]? {
        guard case .set(let text) = self.password else { return nil }
        let bytes = Array(text.utf8)
        guard PasswordHash.passwordBytes.contains(bytes.count) else {
            let range = PasswordHash.passwordBytes
            throw HubError(
                .argumentInvalid,
                "the password has \(bytes.count) bytes, expected \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return bytes
    }

    /// The access to store.
    ///
    /// - Parameters:
    ///   - current: what is stored now.
    ///   - hash: of ``newPassword()``, made by the caller on a thread that may block.
    /// - Returns: what was stored with the body's changes.
    /// - Throws: `HubError` naming the member, the value and what was expected.
    func access(replacing current: IdentityAccess, hash: PasswordHash?) throws(HubError) -> IdentityAccess {
        var access = current
        switch self.password {
        case .keep: break
        case .remove: access.password = nil
        case .set: access.password = hash
        case .hashed(let text):
            guard let hash = PasswordHash(text: text) else {
                throw HubError(.argumentInvalid, "passwordHash is no hash that an export gives")
            }
            access.password = hash
        }
        if let publish = self.permissions?.publish {
            access.topics.publish = try AccessBody.checked(publish, named: "permissions.publish")
        }
        if let subscribe = self.permissions?.subscribe {
            access.topics.subscribe = try AccessBody.checked(subscribe, named: "permissions.subscribe")
        }
        if let limits = self.limits {
            for (name, value) in [
                ("messagesPerSecond", limits.messagesPerSecond), ("bytesPerSecond", limits.bytesPerSecond),
                ("connectsPerMinute", limits.connectsPerMinute),
            ] {
                guard let value, !(0...RateLimits.valueMax).contains(value) else { continue }
                throw HubError(
                    .argumentInvalid,
                    "limits.\(name) is \(value), expected 0 (no limit) to \(RateLimits.valueMax)"
                )
            }
            access.limits = limits
        }
        return access
    }

    private static func checked(_ filters: [String], named name: String) throws(HubError) -> [String] {
        guard filters.count <= TopicGrants.filtersMax else {
            throw HubError(
                .argumentInvalid,
                "\(name) has \(filters.count) filters, at most \(TopicGrants.filtersMax) are allowed"
            )
        }
        for filter in filters {
            guard let fault = TopicGrants.fault(of: filter) else { continue }
            throw HubError(.argumentInvalid, "\(name): the filter “\(filter.prefix(128))” \(fault)")
        }
        return filters
    }
}
