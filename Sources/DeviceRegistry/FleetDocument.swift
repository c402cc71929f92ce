import FleetQuery
import FoundationEssentials
import GRDB
import TelemetryJSON
import TelemetryModel
import TwinModel

/// The row that a query looks at: each of its paths is read when it is asked for, and only then.
///
/// Of desired and reported properties `v` and `n` of ``TwinSection/stored`` are read where they stand. What is neither a
/// column nor a plain property, metadata above all, is taken from the whole twin as the service sees it. A twin without a row
/// reads as one that nobody wrote. Lives inside one read of the database, on one thread.
final class FleetDocument: QueryDocument {
    /// Where a path's value is.
    private enum Source {
        case text(section: Int)
        case column(FleetColumn)
        case view
    }

    /// The columns of the statement's rows; those that ``FleetScan`` does not need are NULL.
    enum Place {
        static let device = 0
        static let module = 1
        /// Tags, desired and reported properties.
        static let sections = 2..<5
        static let version = 5
        static let model = 6
        static let identityETag = 7
        static let status = 8
        static let statusReason = 9
        static let statusUpdated = 10
        static let kind = 11
        static let isEdge = 12
    }

    /// What the columns of tags, desired and reported properties hold of a twin that nobody wrote, as far as queries read it.
    private static let untouched: [[UInt8]] = ["{}", #"{"n":1,"v":{}}"#, #"{"n":1,"v":{}}"#].map { Array($0.utf8) }

    /// Whether the query asks for anything in tags, desired and reported properties.
    let sections: [Bool]
    /// The columns that the query asks for.
    let columns: [FleetColumn]
    /// The first thing that could not be read; the values of its row are worth nothing.
    private(set) var fault: (any Error)?

    private let sources: [Source]
    private let database: Database
    private let live: LiveColumns
    private var text: TextDocument
    private var isRead = [false, false, false]
    /// `nil`: the document is a twin that nobody wrote.
    private var row: Row?
    private var view: JSONValue?

    init(_ query: CompiledQuery, live: LiveColumns, database: Database) {
        let sources = query.paths.map(FleetDocument.source)
        let prefixes = ["tags", "desired", "reported"].map { JSONPath(names: $0) }
        let text = TextDocument(paths: zip(query.paths, sources).map(FleetDocument.textPath), prefixes: prefixes)
        self.sources = sources
        self.sections = prefixes.indices.map(text.needs)
        self.columns = sources.compactMap { source in
            if case .column(let column) = source { column } else { nil }
        }
        self.text = text
        self.database = database
        self.live = live
    }

    /// Goes on to the next row.
    func move(to row: Row) {
        self.row = row
        self.view = nil
        self.text.removeAll()
        self.isRead = [false, false, false]
    }

    /// Whose twin it is.
    var id: IdentityID? {
        guard let row else { return nil }
        let device: String = row[Place.device]
        let module: String = row[Place.module]
        return IdentityID(device: device, module: module.isEmpty ? nil : module)
    }

    func value(at path: JSONPath, slot: Int) -> QueryValue {
        switch self.sources[slot] {
        case .text(let section):
            if !self.isRead[section] { self.read(section) }
            return self.text.value(at: path, slot: slot)
        case .column(let column):
            guard let row else { return nil }
            return self.value(of: column, in: row)
        case .view:
            if self.view == nil { self.view = .object(self.serviceView() ?? [:]) }
            return self.view?.value(at: path)
        }
    }

    /// The whole twin as the service reads it.
    func serviceView() -> JSONObject? {
        do {
            guard let id, let stored = try SQLiteIdentityStore.storedTwin(id, in: self.database) else { return nil }
            return stored.serviceView(
                live: self.live.state(id),
                messageCount: try SQLiteIdentityStore.messageCount(of: id, in: self.database),
                configurations: self.live.configurations(id)
            )
        } catch {
            self.fault = self.fault ?? error
            return nil
        }
    }

    // MARK: Private

    private func read(_ section: Int) {
        self.isRead[section] = true
        do {
            guard let row else { return try self.read(FleetDocument.untouched[section], of: section) }
            try row.withUnsafeData(atIndex: Place.sections.lowerBound + section) { data in
                guard let data else { return try self.read(FleetDocument.untouched[section], of: section) }
                try data.withUnsafeBytes { try self.text.read($0.assumingMemoryBound(to: UInt8.self), below: section) }
            }
        } catch {
            let id = self.id?.description ?? "an identity"
            self.fault = self.fault ?? RegistryError.storage("the twin of \(id) cannot be read: \(error)")
        }
    }

    private func read(_ bytes: [UInt8], of section: Int) throws {
        try bytes.withUnsafeBufferPointer { try self.text.read($0, below: section) }
    }

    private func value(of column: FleetColumn, in row: Row) -> QueryValue {
        switch column {
        case .deviceID: return .string(row[Place.device])
        case .moduleID:
            let module: String = row[Place.module]
            return module.isEmpty ? nil : .string(module)
        case .twinETag: return .string(TwinVersions(twin: self.version(in: row), desired: 0, reported: 0).etag)
        case .version: return .integer(self.version(in: row))
        case .modelID: return .string(row[Place.model] ?? "")
        case .identityETag: return .string(row[Place.identityETag])
        case .status: return .string(row[Place.status])
        case .statusReason: return FleetDocument.text(row[Place.statusReason])
        case .statusUpdateTime:
            let milliseconds: Int64? = row[Place.statusUpdated]
            return FleetDocument.time(milliseconds.map(Timestamp.init(milliseconds:)))
        case .authenticationType: return .string(row[Place.kind])
        case .isEdge:
            let module: String = row[Place.module]
            return module.isEmpty ? .bool(row[Place.isEdge]) : nil
        case .connectionState: return .string(self.state.isConnected ? "Connected" : "Disconnected")
        case .connectionStateUpdatedTime: return FleetDocument.time(self.state.connectionStateUpdatedTime)
        case .lastActivityTime: return FleetDocument.time(self.state.lastActivityTime)
        case .messageCount:
            do {
                guard let id else { return nil }
                return .integer(Int64(try SQLiteIdentityStore.messageCount(of: id, in: self.database)))
            } catch {
                self.fault = self.fault ?? error
                return nil
            }
        }
    }

    private func version(in row: Row) -> Int64 {
        row[Place.version] ?? Twin.versionAtStart
    }

    private var state: LiveState {
        self.id.map(self.live.state) ?? LiveState()
    }

    private static func text(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    /// A time, or the service's word for never.
    private static func time(_ time: Timestamp?) -> JSONValue {
        .string(time.map(WriteStamp.text) ?? "0001-01-01T00:00:00")
    }

    private static func source(of path: JSONPath) -> Source {
        if let column = FleetColumn(path) { return .column(column) }
        var names: [String] = []
        for step in path.steps.prefix(3) {
            guard case .name(let name) = step else { break }
            names.append(name)
        }
        if names.first == "tags" { return .text(section: 0) }
        guard names.count == 3, names[0] == "properties" else { return .view }
        guard let section = ["desired", "reported"].firstIndex(of: names[1]) else { return .view }
        guard names[2].hasPrefix("$") else { return .text(section: section + 1) }
        return names[2] == "$version" && path.steps.count == 3 ? .text(section: section + 1) : .view
    }

    /// Where a path's value stands in the columns: `desired.v.a` for `properties.desired.a`, `desired.n` for its `$version`.
    private static func textPath(_ path: JSONPath, _ source: Source) -> JSONPath {
        guard case .text(let section) = source, section > 0 else {
            if case .text = source { return path }
            return JSONPath([])
        }
        let rest = path.steps.dropFirst(2)
        if case .name("$version")? = rest.first { return JSONPath([path.steps[1], .name("n")]) }
        return JSONPath([path.steps[1], .name("v")] + rest)
    }
}
