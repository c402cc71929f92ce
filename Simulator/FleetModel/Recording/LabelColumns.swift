/// Columns that tell what a reading is instead of being one. They are the answer sheet and never leave the file.
package enum LabelColumns {
    /// Whether a column of this name is a label; compared without case, `_`, `-` and spaces, with or without `is_`.
    package static func contains(_ name: String) -> Bool {
        var plain = String(name.lowercased().unicodeScalars.filter { !"_- \t".unicodeScalars.contains($0) })
        if plain.hasPrefix("is") { plain.removeFirst(2) }
        return LabelColumns.names.contains(plain) || plain.hasSuffix("label") || plain.hasSuffix("labels")
    }

    private static let names: Set<String> = [
        "implausible", "label", "labels", "fault", "faults", "faulty", "faulttype", "anomaly", "anomalies", "anomalous",
        "anomalyscore", "changepoint", "changepoints", "occupancy", "occupied", "outlier", "outliers", "event", "class",
        "groundtruth", "truth", "target",
    ]
}
