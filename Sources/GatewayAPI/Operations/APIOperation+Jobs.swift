import HTTPTypes

extension APIOperation {
    static let createJob = APIOperation(
        "createJob",
        .put,
        "/jobs/v2/:job",
        .managing,
        "Makes a scheduled job.",
        body: .json(.object),
        answers: [.ok(.reference("Job"))]
    )
    static let getJob = APIOperation(
        "getJob",
        .get,
        "/jobs/v2/:job",
        .managing,
        "A scheduled job.",
        answers: [.ok(.reference("Job"))]
    )
    static let cancelJob = APIOperation(
        "cancelJob",
        .post,
        "/jobs/v2/:job/cancel",
        .managing,
        "Ends a job; what is done stays done.",
        answers: [.ok(.reference("Job"))]
    )
    static let queryJobs = APIOperation(
        "queryJobs",
        .get,
        "/jobs/v2/query",
        .managing,
        "Scheduled jobs: an array, or for azure-iot-hub an object with items and continuationToken.",
        parameters: [
            .query("jobType", .text, "scheduleUpdateTwin or scheduleDeviceMethod"),
            .query("jobStatus", .text, "only those of this status"),
            .header("x-ms-max-item-count", .text, "jobs of the page, 1 or more; at most 1000 are given"),
            .header("x-ms-continuation", .text, "what the page before gave"),
        ],
        answers: [
            .ok(
                .raw(#"{"anyOf":[{"type":"array","items":{"type":"object"}},{"type":"object"}]}"#),
                headers: ["x-ms-continuation"]
            )
        ]
    )
    static let listTransferJobs = APIOperation(
        "listTransferJobs",
        .get,
        "/jobs",
        .managing,
        "Import and export jobs: there are none, they need blob storage.",
        answers: [.ok(.array(.object))]
    )
    static let createTransferJob = APIOperation(
        "createTransferJob",
        .post,
        "/jobs/create",
        .managing,
        "Refused with 403: import and export jobs need blob storage; `weir device export` and `import` do the same.",
        body: .json(.object, isRequired: false),
        answers: []
    )
    static let getTransferJob = APIOperation(
        "getTransferJob",
        .get,
        "/jobs/:job",
        .managing,
        "Always 404: there are no import and export jobs.",
        answers: []
    )
    static let cancelTransferJob = APIOperation(
        "cancelTransferJob",
        .delete,
        "/jobs/:job",
        .managing,
        "Always 404: there are no import and export jobs.",
        answers: []
    )

    /// Source: contract iothub-rest section 8.
    static let jobs: [APIOperation] = [
        .createJob, .getJob, .cancelJob, .queryJobs, .listTransferJobs, .createTransferJob, .getTransferJob,
        .cancelTransferJob,
    ]
}
