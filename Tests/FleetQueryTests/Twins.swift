import FleetQuery
import TelemetryJSON

/// Documents the tests ask.
enum Twins {
    /// A device as `twins.md` section 1 has it, with more kinds of values.
    static let device = """
        {"deviceId":"d-1","etag":"AAAAAAAAAAU=","deviceEtag":"bd4FFGVl","status":"enabled","statusReason":null,
        "connectionState":"Connected","cloudToDeviceMessageCount":0,"authenticationType":"sas","version":6,
        "tags":{"site":"z","floor":{"name":"north","2nd room":"x"},"empty":{},"list":[1,{"a":"b"}]},
        "properties":{"desired":{"x":{"y":1},"$metadata":{"x":{"$lastUpdatedVersion":2}},"$version":2},
        "reported":{"fw":"1.0","temp":20,"half":20.5,"link":"lte","big":9007199254740993,"on":true,"off":false,
        "text":"20","$version":3}},
        "configurations":{"cfg-1":{"status":"Applied"}},"capabilities":{"iotEdge":false}}
        """

    static func document(_ text: String = Twins.device) throws -> JSONDocument {
        JSONDocument(try JSONValue(parsing: text))
    }

    /// What a condition gives on a document.
    static func value(of condition: String, on text: String = Twins.device) throws -> QueryValue {
        let target = try QueryTarget(parsing: condition)
        guard let expression = target.condition else { return .bool(true) }
        var paths = QueryPaths()
        return CompiledCondition(expression, paths: &paths).value(on: try Twins.document(text))
    }

    /// The rows of a query as JSON; whole documents by their `deviceId`.
    static func rows(_ query: String, _ documents: [String]) throws -> [String] {
        let compiled = CompiledQuery(try QueryStatement(parsing: query))
        var run = QueryRun(compiled)
        var rows: [String] = []
        for text in documents {
            let value = try JSONValue(parsing: text)
            switch try run.offer(JSONDocument(value)) {
            case .nothing, .counted: continue
            case .whole: rows.append(value.object?["deviceId"]?.string ?? "?")
            case .row(let row): rows.append(JSONValue.object(row).description)
            }
        }
        return rows + run.finish().rows.map { JSONValue.object($0).description }
    }
}
