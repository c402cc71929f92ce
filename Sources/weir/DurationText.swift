/// Durations as people say them.
enum DurationText {
    /// The two largest units: `3 d 4 h`, `5 min 10 s`, `7 s`.
    static func short(seconds: Int64) -> String {
        let parts = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")].reduce(into: (max(0, seconds), [String]())) {
            let count = $0.0 / Int64($1.0)
            if count > 0 { $0.1.append("\(count) \($1.1)") }
            $0.0 %= Int64($1.0)
        }.1
        return parts.isEmpty ? "0 s" : parts.prefix(2).joined(separator: " ")
    }
}
