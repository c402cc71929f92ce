import FoundationEssentials
import GRDB
import TelemetryModel

extension SQLiteIdentityStore: OutboxStore {
    package func add(_ events: [HubEvent]) throws(RegistryError) {
        try self.write { database in for event in events { try SQLiteIdentityStore.insert(event, in: database) } }
    }

    package func outbox(
        after number: Int64,
        limit: Int,
        bytesMax: Int
    ) throws(RegistryError) -> [(number: Int64, event: HubEvent)] {
        try self.read { database in
            var events = [(number: Int64, event: HubEvent)]()
            var bytes = 0
            let rows = try Row.fetchCursor(
                try database.cachedStatement(
                    sql: """
                        SELECT number, topic, source, schema, operation, device, module, milliseconds, value
                        FROM outbox WHERE number > ? ORDER BY number LIMIT ?
                        """
                ),
                arguments: [number, limit]
            )
            while let row = try rows.next() {
                let value: [UInt8] = try row.withUnsafeData(atIndex: 8) { Array($0 ?? .init()) }
                guard events.isEmpty || bytes + value.count <= bytesMax else { break }
                bytes += value.count
                let device: String = row[5]
                let module: String = row[6]
                let event = HubEvent(
                    topic: row[1],
                    source: row[2],
                    schema: row[3],
                    operation: row[4],
                    id: IdentityID(device: device, module: module.isEmpty ? nil : module),
                    at: Timestamp(milliseconds: row[7]),
                    value: value
                )
                events.append((row[0], event))
            }
            return events
        }
    }

    package func settle(upTo number: Int64, positions: [String: [Int64]]) throws(RegistryError) {
        try self.write { database in
            try database.execute(sql: "DELETE FROM outbox WHERE number <= ?", arguments: [number])
            for (topic, offsets) in positions {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO outboxPosition (topic, offsets) VALUES (?, ?)",
                    arguments: [topic, offsets.map(String.init).joined(separator: " ")]
                )
            }
        }
    }

    package func settledPositions() throws(RegistryError) -> [String: [Int64]] {
        try self.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT topic, offsets FROM outboxPosition")
            return Dictionary(
                uniqueKeysWithValues: rows.map { row in
                    let text: String = row[1]
                    return (row[0], text.split(separator: " ").compactMap { Int64($0) })
                }
            )
        }
    }

    /// Stores an event inside the transaction of what it tells of.
    static func insert(_ event: HubEvent, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO outbox (topic, source, schema, operation, device, module, milliseconds, value)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(
            arguments: [
                event.topic, event.source, event.schema, event.operation, event.id?.device ?? "",
                event.id?.module ?? "", event.at.milliseconds, Data(event.value),
            ]
        )
    }
}
