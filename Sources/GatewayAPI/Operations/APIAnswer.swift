/// An answer that an operation may give beside the errors, which every one may give.
struct APIAnswer: Sendable {
    let status: Int
    let summary: String
    /// `nil`: no body.
    let body: APIBody?
    /// Names of header fields worth to know.
    let headers: [String]

    /// An answer of this status.
    static func status(
        _ status: Int,
        _ summary: String,
        _ body: APIBody? = nil,
        headers: [String] = []
    ) -> APIAnswer {
        APIAnswer(status: status, summary: summary, body: body, headers: headers)
    }

    /// 200 with a JSON body.
    static func ok(_ schema: APISchema, headers: [String] = []) -> APIAnswer {
        .status(200, "done", .json(schema), headers: headers)
    }

    /// 204.
    static let done = APIAnswer.status(204, "done")
}
