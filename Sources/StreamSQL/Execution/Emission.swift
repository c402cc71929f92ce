/// What an operator gives: rows, and what could not become one.
struct Emission: Sendable {
    var rows: [StepRow] = []
    var deadLetters: [QueryDeadLetter] = []

    mutating func refuse(_ cause: QueryDeadLetter.Cause, _ reason: String, _ spans: InputSpans) {
        self.deadLetters.append(QueryDeadLetter(cause: cause, reason: reason, spans: spans))
    }
}
