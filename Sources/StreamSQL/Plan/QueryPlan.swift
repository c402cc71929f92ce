/// A checked query: what an executor carries out, with every name resolved.
///
/// - ``steps`` are in an order in which each reads only topics, references and earlier steps.
/// - Nothing in it depends on anything but the text and the options: the same query gives the same plan.
package struct QueryPlan: Sendable {
    /// The query as it was written.
    package var text: String
    /// The steps of `WITH`, the queries between parentheses behind `FROM`, and the queries with `INTO`.
    package var steps: [StepPlan]

    /// The topics read, each once, in the order of their first use.
    package var topics: [String] {
        var topics: [String] = []
        for input in self.steps.lazy.flatMap(\.selects).flatMap(\.inputs) {
            if case .topic(let topic) = input.source, !topics.contains(topic) { topics.append(topic) }
        }
        return topics
    }

    /// The topics written, in order.
    package var outputs: [String] { self.steps.compactMap(\.topic) }
}
