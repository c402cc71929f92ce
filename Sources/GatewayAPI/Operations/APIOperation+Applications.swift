import HTTPTypes

extension APIOperation {
    private static let application: [APIAnswer] = [.ok(.object, headers: ["ETag"])]

    static let listApplications = APIOperation(
        "listApplications",
        .get,
        "/applications",
        .registryRead,
        "Applications in the order of their names.",
        parameters: [
            .query("top", .integer(1...1_000), "how many"),
            .query("after", .text, "the last name of the page before"),
        ],
        answers: [.ok(.array(.object))]
    )
    static let getApplication = APIOperation(
        "getApplication",
        .get,
        "/applications/:name",
        .registryRead,
        "An application.",
        answers: application
    )
    static let putApplication = APIOperation(
        "putApplication",
        .put,
        "/applications/:name",
        .registryWrite,
        "Makes an application, or with If-Match replaces one.",
        parameters: [.ifMatch],
        body: .json(.object),
        answers: application
    )
    static let deleteApplication = APIOperation(
        "deleteApplication",
        .delete,
        "/applications/:name",
        .registryWrite,
        "Deletes an application.",
        parameters: [.ifMatch],
        answers: [.done]
    )

    static let applications: [APIOperation] = [
        .listApplications, .getApplication, .putApplication, .deleteApplication,
    ]
}
