import GRDB
import TelemetryModel

/// The row of table `session`.
struct SessionRow: Codable, FetchableRecord {
    var number: Int64
    /// As ``Principal`` describes itself.
    var principal: String
    var clientID: String
    var expirySeconds: Int64
    var subscriptions: String
    var disconnectedMilliseconds: Int64?

    /// The session; `nil` only for a row that nobody here wrote.
    var session: StoredSession? {
        guard let principal = SessionRow.principal(self.principal),
            let expirySeconds = UInt32(exactly: self.expirySeconds)
        else { return nil }
        return StoredSession(
            number: self.number,
            principal: principal,
            clientID: self.clientID,
            expirySeconds: expirySeconds,
            subscriptions: self.subscriptions,
            disconnectedAt: self.disconnectedMilliseconds.map(Timestamp.init(milliseconds:))
        )
    }

    private static let applicationPrefix = "application "

    private static func principal(_ text: String) -> Principal? {
        if text.hasPrefix(self.applicationPrefix) {
            return .application(String(text.dropFirst(self.applicationPrefix.count)))
        }
        return IdentityID(text).map(Principal.identity)
    }
}
