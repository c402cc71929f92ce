import HTTPTypes

extension APIOperation {
    static let sendMessage = APIOperation(
        "sendMessage",
        .post,
        "/messages/devicebound",
        .serviceConnect,
        "Puts a message into a device's queue. Application properties are in iothub-app-NAME.",
        parameters: [
            .header("iothub-to", .text, "/devices/ID/messages/devicebound", isRequired: true),
            .header("iothub-messageid", .text, "its id"),
            .header("iothub-correlationid", .text, "what it answers"),
            .header("iothub-expiry", .time, "when it is worth nothing any more"),
            .header(
                "iothub-ack",
                .raw(#"{"type":"string","enum":["none","positive","negative","full"]}"#),
                "which outcomes become feedback"
            ),
        ],
        body: .bytes,
        answers: [.done]
    )
    static let receiveFeedback = APIOperation(
        "receiveFeedback",
        .get,
        "/messages/serviceBound/feedback",
        .serviceConnect,
        "A batch of feedback, locked for a minute.",
        answers: [
            .status(
                200,
                "records; ETag is the lock",
                APIBody(
                    contentType: "application/vnd.microsoft.iothub.feedback.json",
                    schema: .array(.object)
                ),
                headers: ["ETag", "iothub-enqueuedtime", "iothub-userid"]
            ),
            .status(204, "there is none"),
        ],
        otherPaths: ["/messages/servicebound/feedback"]
    )
    static let completeFeedback = APIOperation(
        "completeFeedback",
        .delete,
        "/messages/serviceBound/feedback/:lock",
        .serviceConnect,
        "Removes a batch of feedback that was read.",
        answers: [.done],
        otherPaths: ["/messages/servicebound/feedback/:lock"]
    )
    static let abandonFeedback = APIOperation(
        "abandonFeedback",
        .post,
        "/messages/serviceBound/feedback/:lock/abandon",
        .serviceConnect,
        "Gives a batch of feedback back.",
        answers: [.done],
        otherPaths: ["/messages/servicebound/feedback/:lock/abandon"]
    )
    static let purgeMessages = APIOperation(
        "purgeMessages",
        .delete,
        "/devices/:id/commands",
        .serviceConnect,
        "Empties the queue of a device.",
        answers: [.ok(.object)]
    )

    /// Source: contract iothub-rest section 6.
    static let messages: [APIOperation] = [
        .sendMessage, .receiveFeedback, .completeFeedback, .abandonFeedback, .purgeMessages,
    ]
}
