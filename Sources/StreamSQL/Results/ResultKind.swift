/// How a result stands to other results of the same window and group.
package enum ResultKind: String, Sendable {
    /// The result, once and for all but for backlog.
    case final
    /// What the window holds so far; a later one takes its place.
    case early
    /// Takes the place of the window's earlier result, because backlog has come.
    case correction
    /// Of backlog alone: what the window held before is no longer kept, or such windows are not merged.
    case partialCorrection
}
