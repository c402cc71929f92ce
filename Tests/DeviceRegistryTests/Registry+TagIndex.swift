import FoundationEssentials
import GRDB
import TelemetryJSON

extension Registry {
    /// What the index of the tags holds: `dev1 site.floor=3`, sorted; booleans as `=true`.
    func indexedTags() throws -> [String] {
        let database = try DatabaseQueue(path: self.folder.appending(path: "registry.sqlite").path())
        return try database.read { database in
            try Row.fetchAll(database, sql: "SELECT device, module, path, value FROM tagIndex").map { row in
                let module: String = row[1]
                let value: DatabaseValue = row[3]
                let text =
                    switch value.storage {
                    case .string(let text): text.replacing("\u{1}", with: "")
                    case .double(let number): "\(number)"
                    case .int64(let number): "\(Double(number))"
                    case .blob, .null: "?"
                    }
                return "\(row[0] as String)\(module.isEmpty ? "" : "/\(module)") \(row[2] as String)=\(text)"
            }.sorted()
        }
    }

    /// The same lines from tags.
    static func tagLines(_ id: String, _ tags: JSONObject, below prefix: String = "") -> [String] {
        tags.flatMap { member in
            let path = prefix + member.name
            switch member.value {
            case .object(let inner): return Self.tagLines(id, inner, below: "\(path).")
            case .bool(let value): return ["\(id) \(path)=\(value)"]
            case .integer(let value): return ["\(id) \(path)=\(Double(value))"]
            case .number(let value): return ["\(id) \(path)=\(value)"]
            case .string(let text): return ["\(id) \(path)=\(text)"]
            case .null, .array: return []
            }
        }
    }
}
