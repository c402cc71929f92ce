import HTTPTypes

extension APIOperation {
    private static let timeouts: [APIParameter] = [
        .query("connectTimeoutInSeconds", .integer(0...300), "how long to wait for the device to connect"),
        .query("responseTimeoutInSeconds", .integer(5...300), "how long to wait for its answer"),
    ]
    private static let commandAnswers: [APIAnswer] = [
        .ok(.any, headers: ["x-ms-command-statuscode", "x-ms-request-id"])
    ]

    static let getDigitalTwin = APIOperation(
        "getDigitalTwin",
        .get,
        "/digitaltwins/:id",
        .serviceConnect,
        "A device as its model sees it.",
        answers: [.ok(.object, headers: ["ETag"])]
    )
    static let updateDigitalTwin = APIOperation(
        "updateDigitalTwin",
        .patch,
        "/digitaltwins/:id",
        .serviceConnect,
        "Writes properties with a JSON Patch of add, replace and remove.",
        parameters: [.ifMatch],
        body: .json(.array(.reference("JSONPatchOperation"))),
        answers: [.status(202, "accepted", nil, headers: ["ETag", "Location"])]
    )
    static let invokeCommand = APIOperation(
        "invokeCommand",
        .post,
        "/digitaltwins/:id/commands/:command",
        .serviceConnect,
        "Calls a command.",
        parameters: timeouts,
        body: .json(.any, isRequired: false),
        answers: commandAnswers
    )
    static let invokeComponentCommand = APIOperation(
        "invokeComponentCommand",
        .post,
        "/digitaltwins/:id/components/:component/commands/:command",
        .serviceConnect,
        "Calls a command of a component.",
        parameters: timeouts,
        body: .json(.any, isRequired: false),
        answers: commandAnswers
    )

    /// Source: contract iothub-rest section 9.
    static let digitalTwins: [APIOperation] = [
        .getDigitalTwin, .updateDigitalTwin, .invokeCommand, .invokeComponentCommand,
    ]
}
