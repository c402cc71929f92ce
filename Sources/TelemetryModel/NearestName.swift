/// Finds the name a typing error was meant to be.
package enum NearestName {
    /// The name with the smallest edit distance, at most a third of the text's length; `nil` when none is near.
    package static func of(_ text: String, among names: [String]) -> String? {
        let wanted = Array(text.lowercased().utf8)
        let scored = names.map { ($0, NearestName.distance(wanted, Array($0.lowercased().utf8))) }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(2, wanted.count / 3) else { return nil }
        return best.0
    }

    /// Levenshtein distance, one row at a time.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (byte == other ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
