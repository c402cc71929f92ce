import FoundationEssentials
import GRDB
package import TelemetryModel

extension SQLiteIdentityStore {
    package func nextFeedback(at now: Timestamp) throws(RegistryError) -> StoredFeedback? {
        try self.write { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT number, messageID, milliseconds, outcome, device, generation FROM feedback
                    WHERE lock IS NULL OR lockedUntilMilliseconds <= ? ORDER BY number LIMIT ?
                    """,
                arguments: [now.milliseconds, MessageLimits.feedbackRecordsMax]
            )
            guard let first = rows.first else { return nil }
            let gathered = Timestamp(milliseconds: first[2]) + MessageLimits.feedbackGathering <= now
            guard gathered || rows.count == MessageLimits.feedbackRecordsMax else { return nil }
            let lock = UUID().uuidString.lowercased()
            let until = now + MessageLimits.feedbackLock
            let statement = try database.cachedStatement(
                sql: "UPDATE feedback SET lock = ?, lockedUntilMilliseconds = ? WHERE number = ?"
            )
            let records = try rows.map { row in
                let number: Int64 = row[0]
                try statement.execute(arguments: [lock, until.milliseconds, number])
                return try SQLiteIdentityStore.record(row)
            }
            return StoredFeedback(lock: lock, records: records)
        }
    }

    package func completeFeedback(lock: String, at now: Timestamp) throws(RegistryError) -> Bool {
        try self.changeFeedback("DELETE FROM feedback", lock: lock, at: now)
    }

    package func abandonFeedback(lock: String, at now: Timestamp) throws(RegistryError) -> Bool {
        try self.changeFeedback("UPDATE feedback SET lock = NULL, lockedUntilMilliseconds = NULL", lock: lock, at: now)
    }

    private func changeFeedback(_ change: String, lock: String, at now: Timestamp) throws(RegistryError) -> Bool {
        try self.write { database in
            try database.execute(
                sql: "\(change) WHERE lock = ? AND lockedUntilMilliseconds > ?",
                arguments: [lock, now.milliseconds]
            )
            return database.changesCount > 0
        }
    }

    static func addFeedback(
        _ outcome: MessageOutcome,
        of message: StoredMessage,
        at now: Timestamp,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO feedback (messageID, milliseconds, outcome, device, generation)
                VALUES (?, ?, ?, ?, COALESCE((SELECT generation FROM identity WHERE device = ? AND module = ''), ''))
                """
        ).execute(
            arguments: [
                message.messageID, now.milliseconds, outcome.rawValue, message.device.device, message.device.device,
            ]
        )
    }

    /// Removes feedback that is too old, and the oldest of what is too much.
    static func forgetFeedback(at now: Timestamp, in database: Database) throws {
        let oldest = Timestamp(milliseconds: now.milliseconds - MessageLimits.feedbackLife.wholeMilliseconds)
        try database.execute(sql: "DELETE FROM feedback WHERE milliseconds <= ?", arguments: [oldest.milliseconds])
        try database.execute(
            sql: "DELETE FROM feedback WHERE number <= (SELECT MAX(number) FROM feedback) - ?",
            arguments: [MessageLimits.feedbackMax]
        )
    }

    private static func record(_ row: Row) throws -> FeedbackRecord {
        let device: String = row[4]
        guard let id = IdentityID(device: device), let outcome = MessageOutcome(rawValue: row[3]) else {
            throw RegistryError.storage("feedback of \(device) cannot be read")
        }
        return FeedbackRecord(
            originalMessageID: row[1],
            at: Timestamp(milliseconds: row[2]),
            outcome: outcome,
            device: id,
            generationID: row[5]
        )
    }
}
