import HTTPTypes

/// One operation of the API: its place, who may call it, and what the document tells of it.
///
/// A route is made of an operation only (``RouteTable``), and the document of the same ones (``OpenAPIDocument``), so that
/// nothing is served that `/openapi.json` does not name, and nothing is named that is not served.
struct APIOperation: Sendable {
    /// `operationId`, unique.
    let id: String
    let method: HTTPRequest.Method
    /// As the router takes it: `/twins/:id`.
    let path: String
    let access: APIAccess
    /// A sentence.
    let summary: String
    /// Whether the query must have `api-version`.
    let isVersioned: Bool
    /// Beside those of the path and `api-version`.
    let parameters: [APIParameter]
    let body: APIBody?
    let answers: [APIAnswer]
    /// The same route in other letters.
    let otherPaths: [String]

    /// An operation.
    init(
        _ id: String,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: APIAccess,
        _ summary: String,
        isVersioned: Bool = true,
        parameters: [APIParameter] = [],
        body: APIBody? = nil,
        answers: [APIAnswer],
        otherPaths: [String] = []
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.access = access
        self.summary = summary
        self.isVersioned = isVersioned
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.otherPaths = otherPaths
    }

    /// All operations, in the order of the document.
    static let all: [APIOperation] = [
        identities, twins, messages, digitalTwins, configurations, jobs, enrollments, certificates, files, applications,
        topics, streams, hub,
    ].flatMap { $0 }

    /// The path as OpenAPI writes it: `/twins/{id}`.
    var template: String {
        "/" + self.segments.map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : $0 }.joined(separator: "/")
    }

    /// The names in the path, in order.
    var pathParameters: [String] {
        self.segments.filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
    }

    /// What the first segment of the path says.
    var tag: String { self.segments.first ?? "hub" }

    /// The values that the names of the path would have, when another operation's fixed path is one of its own: of
    /// `/devices/:id` in `/devices/query` it is `id` = `query`; `nil` when it is not.
    func captures(in path: String) -> [String: String]? {
        let segments = APIOperation.segments(of: path)
        let own = self.segments
        guard segments.count == own.count, path != self.path else { return nil }
        var captures = [String: String]()
        for (name, text) in zip(own, segments) {
            if name == text { continue }
            guard name.hasPrefix(":"), !text.hasPrefix(":") else { return nil }
            captures[String(name.dropFirst())] = text
        }
        return captures
    }

    private var segments: [String] { APIOperation.segments(of: self.path) }

    private static func segments(of path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }
}
