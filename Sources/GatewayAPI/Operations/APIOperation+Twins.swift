import HTTPTypes

extension APIOperation {
    private static let atTime = APIParameter.query("at", .time, "the twin as it was then, from topic twin-changes")
    private static let range: [APIParameter] = [
        .query("from", .text, "the first record: earliest, end, an offset or a time"),
        .query("to", .text, "where it ends: end, an offset or a time"),
        .query("max", .text, "how many records at most"),
    ]
    private static let twin: [APIAnswer] = [.ok(.reference("Twin"), headers: ["ETag"])]

    static let getTwin = APIOperation(
        "getTwin",
        .get,
        "/twins/:id",
        .serviceConnect,
        "The twin of a device.",
        parameters: [atTime],
        answers: twin
    )
    static let updateTwin = APIOperation(
        "updateTwin",
        .patch,
        "/twins/:id",
        .serviceConnect,
        "Merges tags and desired properties into a twin; null deletes.",
        parameters: [.ifMatch],
        body: .json(.reference("TwinPatch")),
        answers: twin
    )
    static let replaceTwin = APIOperation(
        "replaceTwin",
        .put,
        "/twins/:id",
        .serviceConnect,
        "Replaces the tags and the desired properties of a twin.",
        parameters: [.ifMatch],
        body: .json(.reference("TwinPatch")),
        answers: twin
    )
    static let getModuleTwin = APIOperation(
        "getModuleTwin",
        .get,
        "/twins/:id/modules/:module",
        .serviceConnect,
        "The twin of a module.",
        parameters: [atTime],
        answers: twin
    )
    static let updateModuleTwin = APIOperation(
        "updateModuleTwin",
        .patch,
        "/twins/:id/modules/:module",
        .serviceConnect,
        "Merges tags and desired properties into a module's twin; null deletes.",
        parameters: [.ifMatch],
        body: .json(.reference("TwinPatch")),
        answers: twin
    )
    static let replaceModuleTwin = APIOperation(
        "replaceModuleTwin",
        .put,
        "/twins/:id/modules/:module",
        .serviceConnect,
        "Replaces the tags and the desired properties of a module's twin.",
        parameters: [.ifMatch],
        body: .json(.reference("TwinPatch")),
        answers: twin
    )
    static let twinHistory = APIOperation(
        "twinHistory",
        .get,
        "/twins/:id/history",
        .serviceConnect,
        "The changes of a device's twin as JSON lines, oldest first: who, when, from what to what.",
        parameters: range,
        answers: [.status(200, "records of topic twin-changes", .lines)]
    )
    static let moduleTwinHistory = APIOperation(
        "moduleTwinHistory",
        .get,
        "/twins/:id/modules/:module/history",
        .serviceConnect,
        "The changes of a module's twin as JSON lines, oldest first.",
        parameters: range,
        answers: [.status(200, "records of topic twin-changes", .lines)]
    )
    static let invokeMethod = APIOperation(
        "invokeMethod",
        .post,
        "/twins/:id/methods",
        .serviceConnect,
        "Calls a direct method of a connected device and waits for its answer.",
        body: .json(.reference("MethodCall")),
        answers: [.ok(.reference("MethodAnswer"))]
    )
    static let invokeModuleMethod = APIOperation(
        "invokeModuleMethod",
        .post,
        "/twins/:id/modules/:module/methods",
        .serviceConnect,
        "Calls a direct method of a connected module and waits for its answer.",
        body: .json(.reference("MethodCall")),
        answers: [.ok(.reference("MethodAnswer"))]
    )
    static let query = APIOperation(
        "query",
        .post,
        "/devices/query",
        .operators,
        "One page of a query's rows.",
        parameters: [
            .header("x-ms-max-item-count", .text, "rows of the page, 1 or more; at most 1000 are given"),
            .header("x-ms-continuation", .text, "what the page before gave"),
        ],
        body: .json(
            .raw(#"{"type":"object","properties":{"query":{"type":"string","minLength":1}},"required":["query"]}"#)
        ),
        answers: [.ok(.array(.object), headers: ["x-ms-item-type", "x-ms-continuation"])]
    )

    /// Source: contract iothub-rest sections 3 to 5; `at` and history are our own.
    static let twins: [APIOperation] = [
        .getTwin, .updateTwin, .replaceTwin, .getModuleTwin, .updateModuleTwin, .replaceModuleTwin, .twinHistory,
        .moduleTwinHistory, .invokeMethod, .invokeModuleMethod, .query,
    ]
}
