internal import TelemetryJSON

extension CompiledCondition {
    /// Whether the condition is exactly true on a document.
    package func matches(_ document: some QueryDocument) -> Bool {
        self.truth(self.nodes.count - 1, document) == true
    }

    /// The condition's value on a document; `nil` is undefined.
    package func value(on document: some QueryDocument) -> QueryValue {
        self.value(self.nodes.count - 1, document)
    }

    private func truth(_ node: Int, _ document: some QueryDocument) -> Bool? {
        switch self.nodes[node] {
        case .all(let first, let count):
            var isUndefined = false
            for child in first..<(first + count) {
                switch self.truth(self.children[child], document) {
                case false?: return false
                case true?: continue
                case nil: isUndefined = true
                }
            }
            return isUndefined ? nil : true
        case .any(let first, let count):
            var isUndefined = false
            for child in first..<(first + count) {
                switch self.truth(self.children[child], document) {
                case true?: return true
                case false?: continue
                case nil: isUndefined = true
                }
            }
            return isUndefined ? nil : false
        case .not(let part):
            return self.truth(part, document).map { !$0 }
        case .comparison(let operation, let left, let right):
            return QueryComparison.compare(operation, self.value(left, document), self.value(right, document))
        case .isIn(let part, let set):
            return self.sets[set].contains(self.value(part, document))
        case .constant, .path, .negated, .arithmetic, .call:
            guard case .bool(let value)? = self.value(node, document) else { return nil }
            return value
        }
    }

    private func value(_ node: Int, _ document: some QueryDocument) -> QueryValue {
        switch self.nodes[node] {
        case .constant(let index): return self.constants[index]
        case .path(let slot): return document.value(at: self.paths[slot], slot: slot)
        case .negated(let part): return QueryArithmetic.negate(self.value(part, document))
        case .arithmetic(let operation, let left, let right):
            return QueryArithmetic.apply(operation, self.value(left, document), self.value(right, document))
        case .call(let function, let first, let count):
            if count == 1 { return function.apply(self.value(self.children[first], document)) }
            return function.apply((first..<(first + count)).map { self.value(self.children[$0], document) })
        case .all, .any, .not, .comparison, .isIn:
            return self.truth(node, document).map { .bool($0) }
        }
    }
}
