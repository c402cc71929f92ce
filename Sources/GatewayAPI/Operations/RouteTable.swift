import HTTPTypes
import Hummingbird

/// The operations with what carries them out; the routes of every listener are made of it.
struct RouteTable {
    /// Carries out an operation; throws what ``AnswerMiddleware`` translates.
    typealias Handler = @concurrent @Sendable (Request, APIContext) async throws -> Response

    private var routes: [(operation: APIOperation, handler: Handler)] = []

    /// Says how an operation is carried out.
    mutating func add(_ operation: APIOperation, use handler: @escaping Handler) {
        precondition(
            !self.routes.contains { $0.operation.id == operation.id },
            "the operation \(operation.id) is added twice"
        )
        self.routes.append((operation, handler))
    }

    /// Makes the routes.
    ///
    /// A fixed path that another operation's names could stand for takes those operations too: a device may be called
    /// `query`.
    ///
    /// - Parameters:
    ///   - router: of one listener.
    ///   - isObservationAnonymous: whether health, metrics and time need no token.
    ///   - gate: asked before each operation that needs a token.
    func register(
        in router: Router<APIContext>,
        isObservationAnonymous: Bool,
        gate: (APIAccess) -> AuthorizationMiddleware
    ) {
        for (operation, handler) in self.routes {
            let isOpen = operation.access.needed.isEmpty || (operation.access.isObservation && isObservationAnonymous)
            let group = router.group()
            if !isOpen { group.add(middleware: gate(operation.access)) }
            for path in [operation.path] + operation.otherPaths {
                group.on(RouterPath(path), method: operation.method, use: handler)
            }
            for (fixed, captures) in self.fixedPaths(taking: operation) {
                group.on(RouterPath(fixed), method: operation.method) { request, context in
                    var context = context
                    context.captures = captures
                    return try await handler(request, context)
                }
            }
        }
    }

    /// Whether each of these operations, and no other one, is carried out.
    func isComplete(for operations: [APIOperation]) -> Bool {
        Set(self.routes.map(\.operation.id)) == Set(operations.map(\.id)) && self.routes.count == operations.count
    }

    /// Fixed paths of other operations that would hide this one, with its names' values there.
    private func fixedPaths(taking operation: APIOperation) -> [(path: String, captures: [String: String])] {
        var found = [String: [String: String]]()
        for other in self.routes.map(\.operation) {
            guard let captures = operation.captures(in: other.path) else { continue }
            let isTaken = self.routes.contains {
                $0.operation.path == other.path && $0.operation.method == operation.method
            }
            if !isTaken { found[other.path] = captures }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
