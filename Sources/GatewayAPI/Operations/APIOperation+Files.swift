import HTTPTypes

extension APIOperation {
    static let startUpload = APIOperation(
        "startUpload",
        .post,
        "/devices/:id/files",
        .everybody,
        "Refused with 403: this gateway has no blob storage for files of devices.",
        body: .json(.any, isRequired: false),
        answers: []
    )
    static let finishUpload = APIOperation(
        "finishUpload",
        .post,
        "/devices/:id/files/notifications",
        .everybody,
        "Refused with 403: this gateway has no blob storage for files of devices.",
        body: .json(.any, isRequired: false),
        answers: []
    )

    /// Source: contract iothub-mqtt section 11.
    static let files: [APIOperation] = [.startUpload, .finishUpload]
}
