import HTTPTypes

extension APIOperation {
    static let getHealth = APIOperation(
        "getHealth",
        .get,
        "/healthz",
        .observation,
        "Whether all is well, and what is not.",
        isVersioned: false,
        answers: [.ok(.object), .status(503, "something is not", .json(.object))]
    )
    static let getMetrics = APIOperation(
        "getMetrics",
        .get,
        "/metrics",
        .observation,
        "Metrics in Prometheus text form.",
        isVersioned: false,
        answers: [.status(200, "metrics", APIBody(contentType: "text/plain", schema: .text))]
    )
    static let getTime = APIOperation(
        "getTime",
        .get,
        "/time",
        .everybody,
        "The wall clock, for boards without one.",
        isVersioned: false,
        answers: [.ok(.object)]
    )
    static let getHub = APIOperation(
        "getHub",
        .get,
        "/hub",
        .operators,
        "Version, names, counts and topics.",
        isVersioned: false,
        answers: [.ok(.object)]
    )
    static let getBackup = APIOperation(
        "getBackup",
        .get,
        "/backup",
        .managing,
        "A consistent copy of everything as one tar archive.",
        answers: [
            .status(
                200,
                "the archive",
                APIBody(contentType: "application/x-tar", schema: .text),
                headers: ["weir-backup-bytes"]
            )
        ]
    )
    static let getDocument = APIOperation(
        "getDocument",
        .get,
        "/openapi.json",
        .operators,
        "This document.",
        isVersioned: false,
        answers: [.ok(.object)]
    )

    static let hub: [APIOperation] = [.getHealth, .getMetrics, .getTime, .getHub, .getBackup, .getDocument]
}
