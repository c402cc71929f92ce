/// What an operator gives: rows, and what could not become one.
struct Emission: Sendable {
    var rows: [StepRow] = []
    var deadLetters: [QueryDeadLetter] = []

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        self.rows.removeAll(keepingCapacity: true)
        self.deadLetters.removeAll(keepingCapacity: true)
    }

    mutating func refuse(_ cause: QueryDeadLetter.Cause, _ reason: String, _ spans: InputSpans) {
        self.deadLetters.append(QueryDeadLetter(cause: cause, reason: reason, spans: spans))
    }
}
