import FleetQuery
import GRDB
import TelemetryJSON
import TelemetryModel

/// The statement whose rows a query looks at: devices or modules in the order of their ids, narrowed by an index where the
/// query's hints allow it.
///
/// It gives the columns of ``FleetDocument/Place``, those that the query does not need as NULL.
struct FleetScan {
    /// Which table or index leads.
    enum Lead: Equatable {
        /// All identities.
        case identities
        /// The twins that somebody wrote: for conditions that no other twin meets.
        case twins
        /// The index of the disabled devices.
        case disabled
        /// These devices, and their modules.
        case devices([String])
        /// The index of the tags: one of these values at this path.
        case tags(path: String, values: [DatabaseValue])
        /// No document can match.
        case nothing
    }

    /// Values of one tag that are looked up in its index.
    static let tagValuesMax = 16
    /// Entries of the index that are counted to choose between two tags.
    private static let probeMax = 1_000

    let lead: Lead
    let sql: String
    let arguments: StatementArguments

    init(_ query: CompiledQuery, _ document: FleetDocument, after id: String, in database: Database) throws {
        self.lead = try FleetScan.lead(query, document, in: database)
        let isOfModules = query.statement.collection == .modules
        let parts = id.split(separator: "/", maxSplits: 1).map(String.init)
        let (device, module) = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        var arguments: [DatabaseValue] = []
        var selects: [String] = []
        for (conditions, values) in FleetScan.branches(self.lead) {
            let base = FleetScan.base(self.lead)
            var terms = conditions
            arguments += values
            terms.append(isOfModules ? "\(base).module <> ''" : "\(base).module = ''")
            if isOfModules {
                terms.append("(\(base).device, \(base).module) > (?, ?)")
                arguments += [device.databaseValue, module.databaseValue]
            } else {
                terms.append("\(base).device > ?")
                arguments.append(device.databaseValue)
            }
            let columns = FleetScan.columns(document, base: base).joined(separator: ", ")
            let tables = FleetScan.tables(self.lead, document, isOfModules: isOfModules)
            selects.append("SELECT \(columns) FROM \(tables) WHERE \(terms.joined(separator: " AND "))")
        }
        self.sql = selects.joined(separator: " UNION ALL ") + " ORDER BY 1, 2"
        self.arguments = StatementArguments(arguments)
    }

    // MARK: The lead

    private static func lead(
        _ query: CompiledQuery,
        _ document: FleetDocument,
        in database: Database
    ) throws -> Lead {
        if query.hints.contains(where: \.values.isEmpty) { return .nothing }
        var tags: [(path: String, values: [DatabaseValue])] = []
        var isDisabled = false
        for hint in query.hints {
            switch FleetColumn(hint.path) {
            case .deviceID?: return .devices(hint.values.compactMap(\.text))
            case .status?: isDisabled = isDisabled || hint.values.compactMap(\.text) == ["disabled"]
            case .some: continue
            case nil:
                if let tag = self.tag(hint) { tags.append(tag) }
            }
        }
        if isDisabled, query.statement.collection == .devices { return .disabled }
        if let tag = try self.rarest(tags, in: database) { return .tags(path: tag.path, values: tag.values) }
        return self.isMetOnlyByWritten(query, document) ? .twins : .identities
    }

    /// What the index of the tags knows of a hint; `nil` when that is not all.
    private static func tag(_ hint: QueryHint) -> (path: String, values: [DatabaseValue])? {
        guard case .name("tags")? = hint.path.steps.first, hint.path.steps.count > 1 else { return nil }
        var names: [String] = []
        for step in hint.path.steps.dropFirst() {
            guard case .name(let name) = step else { return nil }
            names.append(name)
        }
        var keys: [DatabaseValue] = []
        for value in hint.values {
            guard let key = TagIndex.key(of: value.json) else { return nil }
            if !keys.contains(key) { keys.append(key) }
            guard keys.count <= self.tagValuesMax else { return nil }
        }
        return (names.joined(separator: "."), keys)
    }

    /// The tag with the fewest entries, as far as they are counted.
    private static func rarest(
        _ tags: [(path: String, values: [DatabaseValue])],
        in database: Database
    ) throws -> (path: String, values: [DatabaseValue])? {
        guard tags.count > 1 else { return tags.first }
        var best: (tag: (path: String, values: [DatabaseValue]), count: Int)?
        for tag in tags {
            var count = 0
            for value in tag.values {
                count +=
                    try Int.fetchOne(
                        try database.cachedStatement(
                            sql: """
                                SELECT COUNT(*) FROM (SELECT 1 FROM tagIndex WHERE path = ? AND value = ? LIMIT ?)
                                """
                        ),
                        arguments: [tag.path, value, self.probeMax]
                    ) ?? 0
            }
            if best.map({ count < $0.count }) ?? true { best = (tag, count) }
        }
        return best?.tag
    }

    /// Whether the condition reads properties and tags only, and a twin that nobody wrote does not meet it.
    private static func isMetOnlyByWritten(_ query: CompiledQuery, _ document: FleetDocument) -> Bool {
        let written: QuerySections = [.tags, .desired, .reported]
        return query.condition != nil && query.conditionSections.isSubset(of: written)
            && !document.columns.contains(where: \.isOfIdentity) && !query.matches(document)
    }

    // MARK: The statement

    /// The terms that narrow the lead, with their values: one statement for each, which together are one in order.
    private static func branches(_ lead: Lead) -> [(terms: [String], values: [DatabaseValue])] {
        switch lead {
        case .identities, .twins: [([], [])]
        case .disabled: [(["i.status = 'disabled'"], [])]
        case .devices(let ids):
            [
                (
                    ["i.device IN (SELECT value FROM json_each(?))"],
                    [JSONValue.array(ids.map { .string($0) }).description.databaseValue]
                )
            ]
        case .tags(let path, let values):
            values.map { (["x.path = ?", "x.value = ?"], [path.databaseValue, $0]) }
        case .nothing: [(["0"], [])]
        }
    }

    private static func base(_ lead: Lead) -> String {
        switch lead {
        case .identities, .disabled, .devices, .nothing: "i"
        case .twins: "t"
        case .tags: "x"
        }
    }

    private static func tables(_ lead: Lead, _ document: FleetDocument, isOfModules: Bool) -> String {
        let needsTwin = document.sections.contains(true) || document.columns.contains(where: \.isOfTwin)
        let needsIdentity = document.columns.contains(where: \.isOfIdentity)
        switch lead {
        case .twins: return "twin AS t"
        case .tags:
            return "tagIndex AS x"
                + (needsIdentity ? " CROSS JOIN identity AS i ON i.device = x.device AND i.module = x.module" : "")
                + (needsTwin ? " CROSS JOIN twin AS t ON t.device = x.device AND t.module = x.module" : "")
        case .identities, .disabled, .devices, .nothing:
            var index = ""
            if lead == .disabled { index = " INDEXED BY identityDisabled" }
            if lead == .identities, isOfModules { index = " INDEXED BY identityModule" }
            return "identity AS i\(index)"
                + (needsTwin ? " LEFT JOIN twin AS t ON t.device = i.device AND t.module = i.module" : "")
        }
    }

    /// In the order of ``FleetDocument/Place``.
    private static func columns(_ document: FleetDocument, base: String) -> [String] {
        var columns = ["\(base).device", "\(base).module"]
        for (name, isNeeded) in zip(["tags", "desired", "reported"], document.sections) {
            columns.append(isNeeded ? "t.\(name)" : "NULL")
        }
        let named: [(FleetColumn, String)] = [
            (.version, "t.version"), (.modelID, "t.model"), (.identityETag, "i.etag"), (.status, "i.status"),
            (.statusReason, "i.statusReason"), (.statusUpdateTime, "i.statusUpdatedMilliseconds"),
            (.authenticationType, "i.kind"), (.isEdge, "i.isEdge"),
        ]
        for (column, name) in named {
            let isNeeded =
                document.columns.contains(column) || column == .version && document.columns.contains(.twinETag)
            columns.append(isNeeded ? name : "NULL")
        }
        return columns
    }
}

extension QueryConstant {
    /// The text, when it is one.
    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The constant as JSON; arrays, which no hint has, and what is undefined are `null`.
    fileprivate var json: JSONValue {
        switch self {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let text): .string(text)
        case .null, .undefined, .array: .null
        }
    }
}
