import DeviceRegistry
import FleetQuery
import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing
import TwinModel

@Suite("queries over stored twins, contract twins section 8")
struct QueryStoreTests {
    /// Devices d00 to d39, with modules on some, twins of several kinds, and some that nobody wrote.
    private static func fleet() throws -> Registry {
        let registry = try Registry(queryRowsMax: 7)
        var entries: [RegistryEntry] = []
        var writes: [TwinWrite] = []
        func create(_ id: String, _ twin: String? = nil) throws {
            let identity = try Registry.identity(id)
            entries.append(RegistryEntry(.create, identity, twin: try twin.map(Registry.patch), author: "policy:p"))
        }
        func write(_ id: String, _ kind: TwinWrite.Kind) throws {
            writes.append(TwinWrite(kind, of: try Registry.id(id), author: "policy:p", at: Registry.now))
        }
        for number in 0..<40 {
            let id = "d\(number < 10 ? "0" : "")\(number)"
            try create(id)
            if number % 4 == 0 { try create("\(id)/m") }
            if number % 8 == 0 { try create("\(id)/n", #"{"tags":{"site":"s1"}}"#) }
            if number % 5 == 4 { continue }
            let floor = number % 3 == 0 ? "\(number % 4)" : "\(number % 4).0"
            let tags = #"{"site":"s\#(number % 3)","place":{"floor":\#(floor)},"on":\#(number % 2 == 0),"list":[1]}"#
            let body = #"{"tags":\#(tags),"properties":{"desired":{"x":{"y":\#(number)},"v":1}}}"#
            try write(id, .update(try Registry.patch(body), ifMatch: .any))
            let reported = #"{"fw":"1.\#(number % 6)","temp":\#(number),"n":"odd"}"#
            if number % 2 == 0 { try write(id, .report(try .reported(parsing: reported.utf8), ifVersion: nil)) }
            let running = try SectionPatch.reported(parsing: #"{"status":"running"}"#.utf8)
            if number % 4 == 0 { try write("\(id)/m", .report(running, ifVersion: nil)) }
        }
        try write("d33", .update(try Registry.patch(#"{"tags":{"rare":"x","on":true}}"#), ifMatch: .any))
        for outcome in try registry.store.apply(entries) { _ = try outcome.get() }
        for outcome in try registry.store.apply(writes) { _ = try outcome.get() }
        var disabled = DeviceIdentity(id: try Registry.id("d07"), status: .disabled, statusReason: "lost")
        disabled.kind = .none
        try registry.store.apply(.update(disabled, ifMatch: .any))
        return registry
    }

    /// d00 to d09 are connected; every device has one configuration with its own name.
    private static let live = LiveColumns(
        state: { LiveState(isConnected: $0.device < "d10", lastActivityTime: $0.device < "d20" ? Registry.now : nil) },
        configurations: { ["c-\($0.device)": ["status": "applied"]] }
    )

    /// All rows, page by page.
    private static func rows(_ query: String, of registry: Registry, limit: Int) throws -> [JSONObject] {
        let compiled = CompiledQuery(try QueryStatement(parsing: query))
        var rows: [JSONObject] = []
        var next: QueryContinuation?
        repeat {
            let page = try registry.store.run(compiled, limit: limit, after: next, live: Self.live)
            #expect(page.rows.count <= limit)
            rows += page.rows
            next = try page.next.map { try QueryContinuation(token: $0.token(of: compiled), of: compiled) }
        } while next != nil
        return rows
    }

    /// What the query gives over the twins as the service sees them.
    private static func expected(_ query: String, of registry: Registry) throws -> [JSONObject] {
        let compiled = CompiledQuery(try QueryStatement(parsing: query))
        var run = QueryRun(compiled)
        var rows: [JSONObject] = []
        for stored in try registry.store.twins(after: nil, limit: 1_000) {
            let id = stored.identity.id
            guard (id.module != nil) == (compiled.statement.collection == .modules) else { continue }
            let view = stored.serviceView(
                live: Self.live.state(id),
                messageCount: try registry.store.messageCount(of: id),
                configurations: Self.live.configurations(id)
            )
            switch try run.offer(JSONDocument(.object(view))) {
            case .nothing, .counted: break
            case .row(let row): rows.append(row)
            case .whole: rows.append(view)
            }
        }
        return rows + run.finish().rows
    }

    private static let conditions = [
        "tags.site = 's1'", "tags.site IN ['s0', 's2', 's2']", "tags.site = 's1' AND tags.on = true", "tags.on",
        "tags.place.floor = 2", "tags.place.floor = 2.0", "tags.place.floor IN [1, 3]", "tags.place.floor > 1",
        "tags.site = 's1' OR tags.site = 's0'", "tags.site = 's1' OR deviceId = 'd00'", "tags.nothing = 1",
        "NOT is_defined(tags.site)", "tags.site != 's1'", "NOT tags.site = 's1'", "tags.list[0] = 1", "tags = 1",
        "deviceId = 'd03'", "deviceId IN ['d39', 'd03', 'zz', 'd11', 'd03']", "deviceId IN []", "deviceId > 'd20'",
        "status = 'disabled'", "status = 'enabled'", "statusReason = 'lost'", "is_null(statusReason)",
        "authenticationType = 'none'", "connectionState = 'Connected'", "lastActivityTime > '2000'",
        "properties.reported.temp > 20", "properties.reported.temp % 4 = 0 AND tags.site = 's1'",
        "properties.reported.$version > 1", "properties.desired.$version = 1", "properties.desired.$version = 2",
        "properties.desired.x.y < 10", "properties.desired.v = 1", "properties.desired.n = 1", "is_defined(properties)",
        "properties.desired.$metadata.x.y.$lastUpdatedVersion = 2", "is_defined(properties.desired.$metadata)",
        "is_object(properties.desired)", "is_defined(properties.reported.fw)",
        "STARTS_WITH(properties.reported.fw, '1.2')",
        "properties.reported.n = 'odd'", "version > 2", "etag = 'AAAAAAAAAAE='", "modelId = ''", "deviceEtag != ''",
        "capabilities.iotEdge = false", "cloudToDeviceMessageCount = 0", "configurations.[[c-d05]].status = 'applied'",
        "x509Thumbprint.primaryThumbprint = null", "moduleId = 'm'", "properties.reported.status = 'running'",
        "tags.rare = 'x'", "tags.on AND tags.rare = 'x'", "tags.rare IN ['x', 'y', 1, true]",
        "tags.site = null", "tags.site = 's1' AND tags.site = 's2'", "statusUpdateTime > '1'", "deviceId = 5",
    ]

    @Test(
        "every condition finds what it finds over whole twins, whichever index leads, in pages of any size",
        arguments: QueryStoreTests.conditions
    )
    func condition(_ condition: String) throws {
        let registry = try Self.fleet()
        for collection in ["devices", "devices.modules"] {
            for list in ["*", "deviceId, moduleId, tags.site AS s, properties.reported.temp", "COUNT() AS n"] {
                let query = "SELECT \(list) FROM \(collection) WHERE \(condition)"
                let expected = try Self.expected(query, of: registry)
                for limit in [4, 1_000] {
                    let rows = try Self.rows(query, of: registry, limit: limit)
                    #expect(rows == expected, "\(query), pages of \(limit)")
                }
            }
        }
    }

    @Test(
        "whole queries give what they give over whole twins",
        arguments: [
            "SELECT * FROM devices", "SELECT TOP 5 * FROM devices", "SELECT TOP 5 deviceId FROM devices WHERE tags.on",
            "SELECT * FROM devices.modules", "SELECT COUNT() FROM devices", "SELECT COUNT() AS n FROM devices.modules",
            "SELECT tags.site, COUNT() AS n, AVG(properties.reported.temp) AS t FROM devices GROUP BY tags.site",
            "SELECT TOP 2 tags.site, COUNT() AS n FROM devices GROUP BY tags.site",
            "SELECT properties.desired FROM devices",
            "SELECT status, COUNT() AS n FROM devices GROUP BY status",
            "SELECT connectionState, COUNT() AS n FROM devices GROUP BY connectionState",
            "SELECT properties.reported.$metadata, version, etag, deviceEtag, modelId, statusUpdateTime FROM devices",
            "SELECT MAX(properties.reported.temp), MIN(deviceId), SUM(version) FROM devices WHERE tags.site = 's0'",
        ]
    )
    func queries(query: String) throws {
        let registry = try Self.fleet()
        let expected = try Self.expected(query, of: registry)
        for limit in [1, 2, 9, 1_000] {
            #expect(try Self.rows(query, of: registry, limit: limit) == expected, "pages of \(limit)")
        }
    }

    @Test("a page looks at so many rows, is short then, and the last one has no next")
    func shortPages() throws {
        let registry = try Self.fleet()
        let query = CompiledQuery(try QueryStatement(parsing: "SELECT deviceId FROM devices WHERE deviceId > 'd08'"))
        let first = try registry.store.run(query, limit: 5, after: nil, live: Self.live)
        #expect(first.rows.isEmpty && first.next == QueryContinuation(lastID: "d06", rowsGiven: 0))
        let second = try registry.store.run(query, limit: 5, after: first.next, live: Self.live)
        #expect(second.rows.count == 5 && second.next == QueryContinuation(lastID: "d13", rowsGiven: 5))
        let behind = QueryContinuation(lastID: "d36", rowsGiven: 27)
        let last = try registry.store.run(query, limit: 3, after: behind, live: Self.live)
        #expect(last.rows.count == 3 && last.next == nil)
    }

    @Test(
        "where an index leads, a page is complete though the table has more rows than a page looks at",
        arguments: [
            ("deviceId = 'd39'", true), ("deviceId IN ['d39', 'd20']", true), ("status = 'disabled'", true),
            ("tags.rare = 'x'", true), ("tags.rare IN ['x', 'y']", true), ("tags.on AND tags.rare = 'x'", true),
            ("tags.rare = 'x' AND properties.reported.temp > 1000", true), ("tags.site = 'nowhere'", true),
            ("deviceId > 'd38'", false), ("tags.rare > 'w'", false), ("tags.on", false), ("status = 'enabled'", false),
        ]
    )
    func indexes(condition: String, isComplete: Bool) throws {
        let registry = try Self.fleet()
        let query = CompiledQuery(try QueryStatement(parsing: "SELECT deviceId FROM devices WHERE \(condition)"))
        let page = try registry.store.run(query, limit: 100, after: nil, live: Self.live)
        #expect((page.next == nil) == isComplete)
    }

    @Test("a device that is deleted between two pages leaves no gap, and a new one no repeat")
    func changesBetweenPages() throws {
        let registry = try Self.fleet()
        let query = CompiledQuery(try QueryStatement(parsing: "SELECT deviceId FROM devices"))
        let first = try registry.store.run(query, limit: 3, after: nil, live: Self.live)
        try registry.enter(.delete, "d02")
        try registry.enter(.create, "d01a")
        let second = try registry.store.run(query, limit: 2, after: first.next, live: Self.live)
        #expect(second.rows == [["deviceId": "d03"], ["deviceId": "d04"]])
    }

    @Test("jobs are kept elsewhere")
    func jobs() throws {
        let registry = try Self.fleet()
        let jobs = CompiledQuery(try QueryStatement(parsing: "SELECT * FROM devices.jobs"))
        #expect(throws: QueryRefusal.collection(.jobs)) {
            try registry.store.run(jobs, limit: 1, after: nil, live: Self.live)
        }
    }
}
