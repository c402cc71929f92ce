package import IngestRules
import Yams

/// Reads `ingest.yaml`: YAML into the rules' own tree, faults with file and line.
package enum IngestFile {
    /// The rules that are switched on.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - path: named in faults.
    /// - Returns: checked rules, in the file's order.
    /// - Throws: `ConfigurationFaults`, every one found.
    package static func rules(yaml text: String, path: String) throws(ConfigurationFaults) -> IngestRules {
        let root = try IngestFile.compose(text, path: path)
        do throws(RuleFaults) {
            return IngestRules(try RuleParser.rules(root.map { IngestFile.node($0) }))
        } catch {
            throw ConfigurationFaults(
                faults: error.faults.map { fault in
                    ConfigurationFault(
                        origin: "\(path) line \(fault.line)",
                        key: fault.key,
                        value: fault.value,
                        expected: fault.expected
                    )
                }
            )
        }
    }

    /// Whether a text is meant as a file of rules, and not as a gateway's settings: its top has one of their keys.
    package static func isIngestFile(yaml text: String) -> Bool {
        guard let root = try? Yams.compose(yaml: text), case .mapping(let keys) = root else { return false }
        return keys.contains { RuleParser.topKeys.contains($0.key.string ?? "") }
    }

    private static func compose(_ text: String, path: String) throws(ConfigurationFaults) -> Node? {
        do {
            let root = try Yams.compose(yaml: text)
            return root == Node("", Tag(.null)) ? nil : root
        } catch {
            let line = (error as? YamlError).flatMap(ConfigurationFile.line(of:)) ?? 1
            throw ConfigurationFaults(faults: [
                ConfigurationFault(
                    origin: "\(path) line \(line)",
                    key: nil,
                    value: nil,
                    expected: "valid YAML (\(ConfigurationFile.reason(of: error)))"
                )
            ])
        }
    }

    private static func node(_ node: Node) -> RuleNode {
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar): return .scalar(scalar.string, line: line)
        case .sequence(let items): return .list(items.map { IngestFile.node($0) }, line: line)
        case .mapping(let keys):
            let entries = keys.map { key, value in
                RuleNode.Entry(key: key.string ?? "", line: key.mark?.line ?? line, value: IngestFile.node(value))
            }
            return .map(entries, line: line)
        case .alias: return .scalar("*", line: line)
        }
    }
}
