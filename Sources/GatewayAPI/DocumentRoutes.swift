import Hummingbird

/// The API's own description.
struct DocumentRoutes: Sendable {
    /// OpenAPI 3.1, JSON.
    let document: [UInt8]

    /// The document of all operations.
    init(version: String) {
        self.document = OpenAPIDocument.make(of: APIOperation.all, version: version)
    }

    func add(to table: inout RouteTable) {
        table.add(.getDocument, use: self.get)
    }

    @Sendable private func get(_ request: Request, context: APIContext) -> Response {
        .json(self.document)
    }
}
