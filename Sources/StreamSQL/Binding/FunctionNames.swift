internal import TelemetryModel

/// All names that can stand before a parenthesis.
enum FunctionNames {
    static let aggregates = [
        "COUNT", "SUM", "AVG", "MIN", "MAX", "STDEV", "STDEVP", "VAR", "VARP", "PERCENTILE_CONT", "PERCENTILE_DISC",
        "TopOne", "COLLECT", "CollectTop",
    ]
    static let analytics = [
        "LAG", "LAST", "ISFIRST", "AnomalyDetection_SpikeAndDip", "AnomalyDetection_ChangePoint", "Anomaly",
    ]
    static let others = [
        "COALESCE", "GetMetadataPropertyValue", "System.Timestamp", "System.Window", "CAST", "TRY_CAST",
    ]

    private static let capitals: Set<String> = Set(
        (aggregates + analytics + others + ScalarFunction.all.map(\.name)).map { StreamText.capitals($0) }
    ).union(WindowNames.all)

    private static let aggregateCapitals = Set(aggregates.map { StreamText.capitals($0) })
    private static let analyticCapitals = Set(analytics.map { StreamText.capitals($0) })

    /// Whether a name, in capitals, is an aggregate's.
    static func isAggregate(_ capitals: String) -> Bool { FunctionNames.aggregateCapitals.contains(capitals) }

    /// Whether a name, in capitals, is that of a function that looks back.
    static func isAnalytic(_ capitals: String) -> Bool { FunctionNames.analyticCapitals.contains(capitals) }

    /// Whether the language has the name.
    static func isKnown(_ name: String) -> Bool { FunctionNames.capitals.contains(StreamText.capitals(name)) }

    /// A name without `udf.`.
    static func plain(_ name: String) -> String {
        StreamText.capitals(name).hasPrefix("UDF.") ? String(name.dropFirst(4)) : name
    }

    /// What to do about a name that nobody has.
    static func advice(_ name: String, _ functions: [String: SQLFunction]) -> String {
        let known: [String: String] = [
            "ISNULL": "Write COALESCE.", "IFNULL": "Write COALESCE.", "IIF": "Write CASE WHEN … THEN … ELSE … END.",
            "GETDATE": "Write System.Timestamp(): the log is the only clock.",
            "NOW": "Write System.Timestamp(): the log is the only clock.",
            "GETUTCDATE": "Write System.Timestamp(): the log is the only clock.",
            "CURRENT_TIMESTAMP": "Write System.Timestamp(): the log is the only clock.",
            "CONVERT": "Write CAST(value AS type).", "STDDEV": "Write STDEV.", "VARIANCE": "Write VAR.",
            "LENGTH": "Write LEN.", "LEFT": "Write SUBSTRING(text, 1, length).", "DATE_DIFF": "Write DATEDIFF.",
            "MEDIAN": "Write PERCENTILE_CONT(0.5) OVER (ORDER BY value).", "AVERAGE": "Write AVG.",
            "REGEXMATCH": "Write LIKE.", "ROW_NUMBER": "Write TOPONE or COLLECTTOP with a window.",
        ]
        if let advice = known[StreamText.capitals(name)] { return advice }
        let names =
            aggregates + analytics + others + ScalarFunction.all.map(\.name) + WindowNames.names
            + functions.values.map(\.name).sorted()
        return NearestName.of(FunctionNames.plain(name), among: names).map { "Write \($0)." }
            ?? "The page Language lists the functions; CREATE FUNCTION makes one."
    }
}
