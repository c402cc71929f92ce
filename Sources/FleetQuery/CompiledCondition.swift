internal import TelemetryJSON

/// A condition made ready once, then evaluated on many documents.
///
/// Three-valued: true, false and undefined. `AND` is false when a part is, `OR` true when a part is, else undefined when a
/// part is; `NOT` of undefined is undefined. What is neither true nor false counts as undefined there. Documents match only
/// on true.
package struct CompiledCondition: Sendable {
    /// One step of the program. Holds numbers only, so that reading it counts no references.
    enum Node: Sendable {
        /// Of ``constants``.
        case constant(Int)
        /// Of the query's paths.
        case path(slot: Int)
        /// Of ``children``.
        case all(first: Int, count: Int)
        case any(first: Int, count: Int)
        case not(Int)
        case negated(Int)
        case comparison(QueryOperator, Int, Int)
        case arithmetic(QueryOperator, Int, Int)
        /// Of ``sets``.
        case isIn(Int, set: Int)
        case call(QueryFunction, first: Int, count: Int)
    }

    /// Nodes after what they are made of; the last is the condition.
    private(set) var nodes: [Node] = []
    private(set) var children: [Int] = []
    private(set) var constants: [QueryValue] = []
    private(set) var sets: [QueryConstantSet] = []
    /// The paths by slot, perhaps more than this condition has.
    private(set) var paths: [JSONPath] = []

    /// A condition over the paths it adds.
    package init(_ expression: QueryExpression, paths: inout QueryPaths) {
        _ = self.compile(expression, &paths)
        self.paths = paths.all
    }

    private mutating func compile(_ expression: QueryExpression, _ paths: inout QueryPaths) -> Int {
        let node: Node
        switch expression {
        case .constant(let constant):
            self.constants.append(CompiledCondition.value(of: constant))
            node = .constant(self.constants.count - 1)
        case .path(let path): node = .path(slot: paths.slot(of: path))
        case .all(let parts): node = .all(first: self.compileAll(parts, &paths), count: parts.count)
        case .any(let parts): node = .any(first: self.compileAll(parts, &paths), count: parts.count)
        case .not(let part): node = .not(self.compile(part, &paths))
        case .negated(let part): node = .negated(self.compile(part, &paths))
        case .binary(let operation, let left, let right):
            let (left, right) = (self.compile(left, &paths), self.compile(right, &paths))
            node = operation.precedence == 1 ? .comparison(operation, left, right) : .arithmetic(operation, left, right)
        case .isIn(let part, let list): node = self.isIn(part, list, &paths)
        case .isNotIn(let part, let list):
            self.nodes.append(self.isIn(part, list, &paths))
            node = .not(self.nodes.count - 1)
        case .call(let function, let arguments):
            node = .call(function, first: self.compileAll(arguments, &paths), count: arguments.count)
        }
        self.nodes.append(node)
        return self.nodes.count - 1
    }

    private mutating func isIn(_ part: QueryExpression, _ list: [QueryConstant], _ paths: inout QueryPaths) -> Node {
        self.sets.append(QueryConstantSet(list))
        let set = self.sets.count - 1
        return .isIn(self.compile(part, &paths), set: set)
    }

    /// Compiles parts and lists them; the place of the first.
    private mutating func compileAll(_ parts: [QueryExpression], _ paths: inout QueryPaths) -> Int {
        let nodes = parts.map { self.compile($0, &paths) }
        self.children.append(contentsOf: nodes)
        return self.children.count - nodes.count
    }

    /// The constant as a value; `undefined` in an array is left out.
    static func value(of constant: QueryConstant) -> QueryValue {
        switch constant {
        case .undefined: nil
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.compactMap { CompiledCondition.value(of: $0) })
        }
    }
}
