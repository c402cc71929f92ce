import CoreMetrics
import IngestRules

/// The counters of the ingest rules; handles are made once.
///
/// | name | labels | what |
/// | --- | --- | --- |
/// | `weir_ingest_records` | `rule` | records of telemetry |
/// | `weir_ingest_dead_letters` | `rule` | messages that could not be read, or not all of them |
/// | `weir_ingest_values_left_out` | `rule` | values that a reading cannot hold: too long, data sets, templates, bytes |
/// | `weir_ingest_sequence_gaps` | `rule` | Sparkplug messages that were lost on their way |
/// | `weir_ingest_rebirths` | | Sparkplug nodes asked for their birth certificates |
struct IngestMetrics: Sendable {
    /// The counters of one rule.
    struct Rule: Sendable {
        let records: Counter
        let deadLetters: Counter
        let leftOut: Counter
        let gaps: Counter

        func count(_ outcome: IngestOutcome) {
            if !outcome.records.isEmpty { self.records.increment(by: outcome.records.count) }
            if outcome.deadLetter != nil { self.deadLetters.increment() }
            if outcome.leftOut > 0 { self.leftOut.increment(by: outcome.leftOut) }
            if outcome.sequenceGap > 0 { self.gaps.increment(by: outcome.sequenceGap) }
        }
    }

    /// By the rule's name.
    let rules: [String: Rule]
    let rebirths: Counter

    init(rules: IngestRules, factory: any MetricsFactory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "weir_ingest_\(name)", dimensions: dimensions, factory: factory)
        }
        self.rules = Dictionary(
            rules.rules.map { rule in
                let dimensions = [("rule", rule.name)]
                let counters = Rule(
                    records: counter("records", dimensions),
                    deadLetters: counter("dead_letters", dimensions),
                    leftOut: counter("values_left_out", dimensions),
                    gaps: counter("sequence_gaps", dimensions)
                )
                return (rule.name, counters)
            }
        ) { first, _ in first }
        self.rebirths = counter("rebirths")
    }
}
