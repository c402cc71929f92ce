internal import FleetQuery
package import HubProtocol
internal import TelemetryJSON

/// A query of enrollments: `SELECT * FROM enrollments WHERE provisioningStatus = 'disabled'`. Pure.
///
/// Conditions are those of queries over twins, and the names in them those of the documents that are answered. What stands
/// behind `FROM` does not matter: the path says which enrollments are meant.
package struct EnrollmentQuery: Sendable {
    /// Names as they stand.
    private struct Operands: QueryOperands {
        var hyphenatedNames: [String] { [] }

        func resolve(_ path: JSONPath, isFirstBracketed: Bool) throws(QueryOperandFault) -> JSONPath { path }
    }

    private let condition: CompiledCondition?

    /// Reads a query.
    ///
    /// - Parameter text: the query; empty for all.
    /// - Throws: `argumentInvalid` with the place of the fault.
    package init(parsing text: String) throws(HubError) {
        var rest = text[...]
        var words: [String] = []
        while words.count < 5 {
            rest = rest.drop(while: \.isWhitespace)
            let word = rest.prefix { !$0.isWhitespace }
            guard !word.isEmpty else { break }
            words.append(word.lowercased())
            rest = rest[word.endIndex...]
        }
        guard !words.isEmpty else {
            self.condition = nil
            return
        }
        guard words.count >= 4, words.prefix(3) == ["select", "*", "from"], words.count == 4 || words[4] == "where"
        else {
            throw HubError(
                .argumentInvalid,
                "query is “\(text.prefix(160))”, expected SELECT * FROM enrollments, perhaps with WHERE and a condition"
            )
        }
        guard words.count == 5 else {
            self.condition = nil
            return
        }
        do throws(QuerySyntaxError) {
            var paths = QueryPaths()
            self.condition = CompiledCondition(
                try QueryExpression(parsing: String(rest), operands: Operands()),
                paths: &paths
            )
        } catch {
            throw HubError(.argumentInvalid, "the condition behind WHERE cannot be read: \(error)")
        }
    }

    /// Whether every enrollment matches.
    var isWhole: Bool { self.condition == nil }

    /// Whether an enrollment's document matches.
    func matches(_ document: JSONObject) -> Bool {
        self.condition?.matches(JSONDocument(.object(document))) ?? true
    }
}
