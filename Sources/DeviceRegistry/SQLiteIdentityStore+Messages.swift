import FoundationEssentials
import GRDB
package import TelemetryModel

extension SQLiteIdentityStore: MessageStore {
    package func enqueue(
        _ messages: [StoredMessage]
    ) throws(RegistryError) -> [Result<StoredMessage, MessageRefusal>] {
        try self.write { database in
            try messages.map { message in
                guard try IdentityRow.fetch(message.device, in: database) != nil, message.device.module == nil else {
                    return .failure(.notFound(message.device))
                }
                let waiting = try Int.fetchOne(
                    try database.cachedStatement(
                        sql: "SELECT COUNT(*) FROM message WHERE device = ? AND expiryMilliseconds > ?"
                    ),
                    arguments: [message.device.device, message.enqueuedAt.milliseconds]
                )
                guard (waiting ?? 0) < MessageLimits.queueMax else { return .failure(.queueFull(message.device)) }
                var stored = message
                stored.deliveryCount = 0
                try MessageRow(stored).insert(database)
                stored.number = database.lastInsertedRowID
                let event = HubEvent.message(.enqueued, stored, by: stored.author, at: stored.enqueuedAt)
                try SQLiteIdentityStore.insert(event, in: database)
                return .success(stored)
            }
        }
    }

    package func messages(
        of device: IdentityID,
        after number: Int64,
        at now: Timestamp
    ) throws(RegistryError) -> [StoredMessage] {
        try self.read { database in
            try MessageRow.fetchAll(
                try database.cachedStatement(
                    sql: """
                        SELECT * FROM message WHERE device = ? AND number > ? AND expiryMilliseconds > ?
                        ORDER BY number
                        """
                ),
                arguments: [device.device, number, now.milliseconds]
            ).map { try $0.message() }
        }
    }

    package func messageCount(of device: IdentityID) throws(RegistryError) -> Int {
        try self.read { try SQLiteIdentityStore.messageCount(of: device, in: $0) }
    }

    static func messageCount(of id: IdentityID, in database: Database) throws -> Int {
        guard id.module == nil else { return 0 }
        let statement = try database.cachedStatement(sql: "SELECT COUNT(*) FROM message WHERE device = ?")
        return try Int.fetchOne(statement, arguments: [id.device]) ?? 0
    }

    package func settle(_ settlements: [MessageSettlement]) throws(RegistryError) -> [MessageOutcome?] {
        try self.write { database in
            try settlements.map { settlement in
                guard var message = try MessageRow.fetch(settlement.number, in: database)?.message() else { return nil }
                let outcome: MessageOutcome
                switch settlement.kind {
                case .complete: outcome = .completed
                case .reject: outcome = .rejected
                case .abandon:
                    message.deliveryCount += 1
                    guard message.deliveryCount >= MessageLimits.deliveriesMax else {
                        try database.cachedStatement(sql: "UPDATE message SET deliveries = ? WHERE number = ?")
                            .execute(arguments: [message.deliveryCount, message.number])
                        return nil
                    }
                    outcome = .deliveryCountExceeded
                }
                let author = "device:\(message.device)"
                try SQLiteIdentityStore.end(message, outcome, by: author, at: settlement.at, in: database)
                return outcome
            }
        }
    }

    package func expireMessages(at now: Timestamp, limit: Int) throws(RegistryError) -> [StoredMessage] {
        try self.write { database in
            try SQLiteIdentityStore.forgetFeedback(at: now, in: database)
            let rows = try MessageRow.fetchAll(
                database,
                sql: "SELECT * FROM message WHERE expiryMilliseconds <= ? ORDER BY expiryMilliseconds, number LIMIT ?",
                arguments: [now.milliseconds, limit]
            )
            return try rows.map { row in
                let message = try row.message()
                try SQLiteIdentityStore.end(message, .expired, by: "", at: now, in: database)
                return message
            }
        }
    }

    package func nextMessageExpiry() throws(RegistryError) -> Timestamp? {
        try self.read { database in
            try Int64.fetchOne(database, sql: "SELECT MIN(expiryMilliseconds) FROM message")
                .map(Timestamp.init(milliseconds:))
        }
    }

    package func purgeMessages(
        of device: IdentityID,
        author: String,
        at now: Timestamp
    ) throws(RegistryError) -> [StoredMessage]? {
        try self.write { database in
            guard device.module == nil, let row = try IdentityRow.fetch(device, in: database) else { return nil }
            return try SQLiteIdentityStore.purge(row, author: author, at: now, in: database)
        }
    }

    /// Empties the queue of a device.
    static func purge(
        _ device: IdentityRow,
        author: String,
        at now: Timestamp,
        in database: Database
    ) throws -> [StoredMessage] {
        let rows = try MessageRow.fetchAll(
            try database.cachedStatement(sql: "SELECT * FROM message WHERE device = ? ORDER BY number"),
            arguments: [device.device]
        )
        return try rows.map { row in
            let message = try row.message()
            try self.end(message, .purged, by: author, at: now, in: database)
            return message
        }
    }

    /// Takes a message out of its queue, tells of it, and keeps the feedback that its sender asked for.
    private static func end(
        _ message: StoredMessage,
        _ outcome: MessageOutcome,
        by author: String,
        at now: Timestamp,
        in database: Database
    ) throws {
        try database.cachedStatement(sql: "DELETE FROM message WHERE number = ?").execute(arguments: [message.number])
        try self.insert(.message(HubEvent.MessageStep(outcome), message, by: author, at: now), in: database)
        guard outcome.isWanted(by: message.acknowledgement) else { return }
        try self.addFeedback(outcome, of: message, at: now, in: database)
    }
}
