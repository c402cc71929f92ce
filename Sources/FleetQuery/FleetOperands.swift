package import TelemetryJSON

/// The names in queries over a collection: the service view of twins, or jobs; perhaps behind the collection's name or `c.`.
package struct FleetOperands: QueryOperands {
    private let prefixes: [[String]]

    /// The names of this collection's documents.
    package init(_ collection: QueryCollection) {
        switch collection {
        case .devices: self.prefixes = [["DEVICES"], ["C"]]
        case .modules: self.prefixes = [["DEVICES", "MODULES"], ["DEVICES"], ["C"]]
        case .jobs: self.prefixes = [["DEVICES", "JOBS"], ["C"]]
        }
    }

    /// None: the properties of twins have `[[ ]]`.
    package var hyphenatedNames: [String] { [] }

    /// The path without the collection's name; a name that no document has is no fault, for it is undefined.
    package func resolve(_ path: JSONPath, isFirstBracketed: Bool) throws(QueryOperandFault) -> JSONPath {
        guard !isFirstBracketed else { return path }
        for prefix in self.prefixes where path.steps.count > prefix.count {
            let isBehind = zip(path.steps, prefix).allSatisfy { step, name in
                if case .name(let written) = step { QueryLexer.capitals(written) == name } else { false }
            }
            if isBehind, case .name = path.steps[prefix.count] { return JSONPath(Array(path.steps[prefix.count...])) }
        }
        return path
    }
}
