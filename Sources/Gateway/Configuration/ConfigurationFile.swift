import Yams

/// The keys and values of a YAML file with their lines; nothing is checked against the table yet.
package struct ConfigurationFile: Sendable {
    /// One value and the line it stands on, from 1.
    package struct Entry: Equatable, Sendable {
        package var value: String
        package var line: Int
    }

    /// The path as the operator gave it.
    package let path: String
    /// By `section.key`.
    package let entries: [String: Entry]

    /// Reads YAML of the form `section: {key: value}`.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - path: named in faults.
    /// - Throws: `ConfigurationFaults` with lines.
    package init(yaml text: String, path: String) throws(ConfigurationFaults) {
        self.path = path
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            let line = (error as? YamlError).flatMap(ConfigurationFile.line(of:)) ?? 1
            throw ConfigurationFile.fault("\(path) line \(line)", "valid YAML (\(ConfigurationFile.reason(of: error)))")
        }
        var entries = [String: Entry]()
        var faults = [ConfigurationFault]()
        if let root, root != Node("", Tag(.null)) {
            guard case .mapping(let sections) = root else {
                throw ConfigurationFile.fault(
                    "\(path) line \(root.mark?.line ?? 1)",
                    "sections such as “mqtt:” with keys below"
                )
            }
            for (section, content) in sections {
                ConfigurationFile.read(content, under: section.string ?? "", path: path, into: &entries, &faults)
            }
        }
        guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
        self.entries = entries
    }

    private static func read(
        _ content: Node,
        under section: String,
        path: String,
        into entries: inout [String: Entry],
        _ faults: inout [ConfigurationFault]
    ) {
        guard case .mapping(let keys) = content else {
            // A section with nothing below it is fine; anything else is not a section.
            if content.string?.isEmpty != true {
                let origin = "\(path) line \(content.mark?.line ?? 1)"
                let expected = "keys below the section “\(section)”"
                faults.append(
                    ConfigurationFault(origin: origin, key: section, value: content.string, expected: expected)
                )
            }
            return
        }
        for (key, value) in keys {
            let name = "\(section).\(key.string ?? "")"
            let line = key.mark?.line ?? 1
            switch value {
            case .scalar(let scalar):
                entries[name] = Entry(value: scalar.string, line: line)
            case .sequence(let items):
                entries[name] = Entry(value: items.map { $0.string ?? "" }.joined(separator: ","), line: line)
            case .mapping, .alias:
                let expected = "one value or a list"
                faults.append(
                    ConfigurationFault(origin: "\(path) line \(line)", key: name, value: nil, expected: expected)
                )
            }
        }
    }

    private static func fault(_ origin: String, _ expected: String) -> ConfigurationFaults {
        ConfigurationFaults(faults: [ConfigurationFault(origin: origin, key: nil, value: nil, expected: expected)])
    }

    static func line(of error: YamlError) -> Int? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: nil
        }
    }

    static func reason(of error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let keys, _):
            "the key \(keys.map { "\($0)" }.joined(separator: ", ")) stands twice"
        default: "\(error)"
        }
    }
}
