import HTTPTypes

extension APIOperation {
    private static let page: [APIParameter] = [
        .header("x-ms-max-item-count", .text, "entries of the page, 1 or more; at most 1000 are given"),
        .header("x-ms-continuation", .text, "what the page before gave"),
    ]
    private static let pageAnswer: [APIAnswer] = [.ok(.array(.object), headers: ["x-ms-continuation"])]
    private static let oneAnswer: [APIAnswer] = [.ok(.object, headers: ["ETag"])]

    /// The operations of one kind of enrollment differ in path and words only.
    private static func enrollment(
        _ id: String,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        parameters: [APIParameter] = [],
        body: APIBody? = nil,
        answers: [APIAnswer]
    ) -> APIOperation {
        APIOperation(id, method, path, .managing, summary, parameters: parameters, body: body, answers: answers)
    }

    static let getEnrollment = enrollment(
        "getEnrollment",
        .get,
        "/enrollments/:enrollment",
        "An individual enrollment with its registration, without keys.",
        answers: oneAnswer
    )
    static let putEnrollment = enrollment(
        "putEnrollment",
        .put,
        "/enrollments/:enrollment",
        "Makes an individual enrollment, or with If-Match replaces one; keys that are not given are kept, or made.",
        parameters: [.ifMatch],
        body: .json(.object),
        answers: oneAnswer
    )
    static let deleteEnrollment = enrollment(
        "deleteEnrollment",
        .delete,
        "/enrollments/:enrollment",
        "Deletes an individual enrollment with its registration; the device stays.",
        parameters: [.ifMatch],
        answers: [.done]
    )
    static let getEnrollmentKeys = enrollment(
        "getEnrollmentKeys",
        .post,
        "/enrollments/:enrollment/attestationmechanism",
        "How the device of an individual enrollment proves itself, with its keys.",
        answers: [.ok(.object)]
    )
    static let queryEnrollments = enrollment(
        "queryEnrollments",
        .post,
        "/enrollments/query",
        "Individual enrollments in the order of their names, perhaps those WHERE a condition holds.",
        parameters: page,
        body: .json(.object),
        answers: pageAnswer
    )
    static let getEnrollmentGroup = enrollment(
        "getEnrollmentGroup",
        .get,
        "/enrollmentGroups/:enrollment",
        "An enrollment group, without keys.",
        answers: oneAnswer
    )
    static let putEnrollmentGroup = enrollment(
        "putEnrollmentGroup",
        .put,
        "/enrollmentGroups/:enrollment",
        "Makes an enrollment group, or with If-Match replaces one; keys that are not given are kept, or made.",
        parameters: [.ifMatch],
        body: .json(.object),
        answers: oneAnswer
    )
    static let deleteEnrollmentGroup = enrollment(
        "deleteEnrollmentGroup",
        .delete,
        "/enrollmentGroups/:enrollment",
        "Deletes an enrollment group with its registrations; the devices stay.",
        parameters: [.ifMatch],
        answers: [.done]
    )
    static let getEnrollmentGroupKeys = enrollment(
        "getEnrollmentGroupKeys",
        .post,
        "/enrollmentGroups/:enrollment/attestationmechanism",
        "How the devices of an enrollment group prove themselves, with its keys.",
        answers: [.ok(.object)]
    )
    static let queryEnrollmentGroups = enrollment(
        "queryEnrollmentGroups",
        .post,
        "/enrollmentGroups/query",
        "Enrollment groups in the order of their names, perhaps those WHERE a condition holds.",
        parameters: page,
        body: .json(.object),
        answers: pageAnswer
    )
    static let getRegistration = enrollment(
        "getRegistration",
        .get,
        "/registrations/:registration",
        "What became of a device that registered.",
        answers: oneAnswer
    )
    static let deleteRegistration = enrollment(
        "deleteRegistration",
        .delete,
        "/registrations/:registration",
        "Forgets a registration; the device stays.",
        parameters: [.ifMatch],
        answers: [.done]
    )
    static let queryRegistrations = enrollment(
        "queryRegistrations",
        .post,
        "/registrations/:registration/query",
        "The registrations by the enrollment group of that name.",
        parameters: page,
        answers: pageAnswer
    )

    /// Source: contract provisioning; Azure "Device Provisioning Service REST API".
    static let enrollments: [APIOperation] = [
        .getEnrollment, .putEnrollment, .deleteEnrollment, .getEnrollmentKeys, .queryEnrollments, .getEnrollmentGroup,
        .putEnrollmentGroup, .deleteEnrollmentGroup, .getEnrollmentGroupKeys, .queryEnrollmentGroups,
        .getRegistration, .deleteRegistration, .queryRegistrations,
    ]
}
