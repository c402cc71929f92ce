import HTTPTypes

extension APIOperation {
    static let runQuery = APIOperation(
        "runQuery",
        .post,
        "/streams/query",
        .serviceConnect,
        "Runs a query of the streams' SQL over stored records: results, dead letters and progress as JSON lines.",
        isVersioned: false,
        body: .json(
            .raw(
                #"{"type":"object","properties":{"query":{"type":"string","minLength":1},"from":{"type":"string","#
                    + #""format":"date-time"},"to":{"type":"string","format":"date-time"}},"required":["query"]}"#
            )
        ),
        answers: [.status(200, "JSON lines", .lines)]
    )
    static let explainQuery = APIOperation(
        "explainQuery",
        .post,
        "/streams/query/explain",
        .serviceConnect,
        "Checks a query of the streams' SQL and tells its plan.",
        isVersioned: false,
        body: .json(
            .raw(#"{"type":"object","properties":{"query":{"type":"string","minLength":1}},"required":["query"]}"#)
        ),
        answers: [.ok(.object)]
    )

    static let streams: [APIOperation] = [.runQuery, .explainQuery]
}
