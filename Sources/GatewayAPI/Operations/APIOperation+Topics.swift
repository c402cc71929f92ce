import HTTPTypes

extension APIOperation {
    private static let hidden = APIParameter.query("hidden", .flag, "the gateway's own topics too")

    static let listTopics = APIOperation(
        "listTopics",
        .get,
        "/topics",
        .serviceConnect,
        "The topics of the log.",
        isVersioned: false,
        parameters: [hidden],
        answers: [.ok(.array(.object))]
    )
    static let getTopic = APIOperation(
        "getTopic",
        .get,
        "/topics/:topic",
        .serviceConnect,
        "A topic with its settings.",
        isVersioned: false,
        parameters: [hidden],
        answers: [.ok(.object)]
    )
    static let createTopic = APIOperation(
        "createTopic",
        .put,
        "/topics/:topic",
        .managing,
        "Makes a topic.",
        body: .json(.reference("TopicSettings")),
        answers: [.status(201, "made", .json(.object))]
    )
    static let setTopic = APIOperation(
        "setTopic",
        .patch,
        "/topics/:topic",
        .managing,
        "Changes a topic's settings.",
        body: .json(.reference("TopicSettings")),
        answers: [.ok(.object)]
    )
    static let deleteTopic = APIOperation(
        "deleteTopic",
        .delete,
        "/topics/:topic",
        .managing,
        "Deletes a topic with its records.",
        answers: [.done]
    )
    static let reopenTopic = APIOperation(
        "reopenTopic",
        .post,
        "/topics/:topic/reopen",
        .managing,
        "Opens a fenced topic again.",
        answers: [.ok(.object)]
    )
    static let readRecords = APIOperation(
        "readRecords",
        .get,
        "/topics/:topic/records",
        .serviceConnect,
        "Records as JSON lines, oldest first.",
        isVersioned: false,
        parameters: [
            .query("from", .text, "the first record: earliest, end, an offset or a time"),
            .query("to", .text, "where it ends: end, an offset or a time"),
            .query("device", .text, "only this device's or device/module's"),
            .query("partition", .integer(0...31), "only this partition's"),
            .query("max", .text, "how many at most"),
            .query("follow", .flag, "wait for more at the end"),
            hidden,
        ],
        answers: [.status(200, "records", .lines)]
    )
    static let importProgress = APIOperation(
        "importProgress",
        .get,
        "/topics/:topic/imports/:import",
        .managing,
        "How far an import is in the log.",
        isVersioned: false,
        parameters: [.query("device", .text, "whose readings", isRequired: true)],
        answers: [.ok(.object)]
    )
    static let storeImport = APIOperation(
        "storeImport",
        .post,
        "/topics/:topic/imports/:import",
        .managing,
        "Puts numbered readings into the log, each once however often it is sent.",
        isVersioned: false,
        parameters: [.query("device", .text, "whose readings", isRequired: true)],
        body: .lines,
        answers: [.ok(.object)]
    )
    static let checkLog = APIOperation(
        "checkLog",
        .get,
        "/log/check",
        .serviceConnect,
        "Checks every checksum of the log: progress and reports.",
        isVersioned: false,
        parameters: [.query("topic", .text, "only this one")],
        answers: [.status(200, "JSON lines", .lines)]
    )

    static let topics: [APIOperation] = [
        .listTopics, .getTopic, .createTopic, .setTopic, .deleteTopic, .reopenTopic, .readRecords, .importProgress,
        .storeImport, .checkLog,
    ]
}
