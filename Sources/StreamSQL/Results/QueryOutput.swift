/// What a query gives, in order.
package struct QueryOutput: Sendable {
    package var results: [QueryResult] = []
    package var deadLetters: [QueryDeadLetter] = []

    package init() {}

    /// Forgets everything and keeps the memory.
    package mutating func removeAll() {
        self.results.removeAll(keepingCapacity: true)
        self.deadLetters.removeAll(keepingCapacity: true)
    }

}
