import GRDB
import TelemetryJSON
import TelemetryModel

/// Which twins have which value at which path of their tags: what fleet queries on tags are narrowed with.
///
/// Scalars only, of at most ``valueBytesMax`` bytes; who looks for another value looks at all twins. `path` is `site.floor`;
/// a value keeps its type, booleans and null being text with a mark that no JSON text begins with.
enum TagIndex {
    /// UTF-8 bytes of a text that is indexed.
    static let valueBytesMax = 256

    /// A place in the index.
    struct Entry: Hashable {
        var path: String
        var value: DatabaseValue
    }

    /// Brings the index from the old tags to the new.
    static func update(from old: JSONObject, to new: JSONObject, of id: IdentityID, in database: Database) throws {
        let before = self.entries(of: old)
        let after = self.entries(of: new)
        for (entries, sql) in [
            (
                before.subtracting(after),
                "DELETE FROM tagIndex WHERE path = ? AND value = ? AND device = ? AND module = ?"
            ),
            (after.subtracting(before), "INSERT INTO tagIndex (path, value, device, module) VALUES (?, ?, ?, ?)"),
        ] where !entries.isEmpty {
            let statement = try database.cachedStatement(sql: sql)
            for entry in entries {
                try statement.execute(arguments: [entry.path, entry.value, id.device, id.module ?? ""])
            }
        }
    }

    /// What is looked up for a constant; `nil` when it is not indexed.
    static func key(of value: JSONValue) -> DatabaseValue? {
        switch value {
        case .null: "\u{1}null".databaseValue
        case .bool(let value): (value ? "\u{1}true" : "\u{1}false").databaseValue
        // As a double, since `1` and `1.0` are equal in a query, and so are integers that one double stands for.
        case .integer(let value): Double(value).databaseValue
        case .number(let value): value.databaseValue
        case .string(let text): text.utf8.count <= self.valueBytesMax ? text.databaseValue : nil
        case .array, .object: nil
        }
    }

    private static func entries(of tags: JSONObject) -> Set<Entry> {
        var entries = Set<Entry>()
        func add(_ object: JSONObject, _ prefix: String) {
            for member in object {
                let path = prefix.isEmpty ? member.name : "\(prefix).\(member.name)"
                if case .object(let inner) = member.value {
                    add(inner, path)
                } else if let key = self.key(of: member.value) {
                    entries.insert(Entry(path: path, value: key))
                }
            }
        }
        add(tags, "")
        return entries
    }
}
