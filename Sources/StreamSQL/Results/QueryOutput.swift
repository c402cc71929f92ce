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

    mutating func refuse(_ cause: QueryDeadLetter.Cause, _ reason: String, _ spans: InputSpans) {
        self.deadLetters.append(QueryDeadLetter(cause: cause, reason: reason, spans: spans))
    }
}
