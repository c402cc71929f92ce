/// What a ``HealthMonitor`` says about one record.
package struct HealthReport: Equatable, Sendable {
    /// What became of the record.
    package enum Judgement: Equatable, Sendable {
        /// Its readings were judged.
        case judged
        /// Older than others that came before it, or the stamp of the latest again: not judged.
        case late
        /// Backlog: not judged.
        case historical
    }

    package var judgement: Judgement
    /// The highest score of any reading; 0 when none was judged.
    package var score = 0.0
    /// What began, changed or ended.
    package var changes: [AlertChange] = []

    package init(_ judgement: Judgement) {
        self.judgement = judgement
    }
}
