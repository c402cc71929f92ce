import TelemetryModel

/// Reads one section of a configuration key by key, and afterwards knows which keys nobody asked for.
///
/// Every fault is collected and a default returned, so that one pass finds all of them. Confined to one call.
struct MappingReader {
    /// The faults of one file, shared by the readers of its sections.
    final class Faults {
        let file: String
        private(set) var all: [ConfigurationFault] = []

        init(file: String) {
            self.file = file
        }

        func add(line: Int, key: String, _ message: String) {
            self.all.append(ConfigurationFault(file: self.file, line: line, key: key, message: message))
        }
    }

    private let path: String
    private let line: Int
    private let members: [YAMLNode.Member]
    private var known: [String] = []
    let faults: Faults

    /// - Parameters:
    ///   - node: The section; `nil` when it is missing, so that all its keys have their defaults.
    ///   - path: Its name with the sections around it; empty for the file's top.
    ///   - faults: Where faults are collected.
    init(_ node: YAMLNode?, path: String, faults: Faults) {
        self.path = path
        self.line = node?.line ?? 0
        self.faults = faults
        guard let node, !node.isNull else {
            self.members = []
            return
        }
        guard case .mapping(let members) = node.value else {
            faults.add(line: node.line, key: path, "is \(node.kind); expected a section of 'key: value' lines")
            self.members = []
            return
        }
        self.members = members
        var seen: Set<String> = []
        for member in members where !seen.insert(member.key).inserted {
            faults.add(line: member.line, key: self.name(member.key), "is written twice")
        }
    }

    /// The keys the section has, in order, for sections with free names.
    var keys: [String] { self.members.map(\.key) }

    /// A section inside this one; empty when the key is missing.
    mutating func section(_ key: String) -> MappingReader {
        MappingReader(self.node(key), path: self.name(key), faults: self.faults)
    }

    /// A list; `nil` when the key is missing.
    mutating func list(_ key: String) -> [YAMLNode]? {
        guard let node = self.node(key) else { return nil }
        guard case .sequence(let items) = node.value else {
            self.faults.add(line: node.line, key: self.name(key), "is \(node.kind); expected a list of '- ' items")
            return nil
        }
        return items
    }

    mutating func text(_ key: String, lengthMax: Int = 1_024) -> String? {
        guard let node = self.node(key) else { return nil }
        guard case .scalar(let text, _) = node.value else {
            self.faults.add(line: node.line, key: self.name(key), "is \(node.kind); expected a text")
            return nil
        }
        guard (1...lengthMax).contains(text.utf8.count), !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            self.fault(key, "is no usable text; expected 1 to \(lengthMax) bytes without control characters")
            return nil
        }
        return text
    }

    mutating func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>, unit: String = "") -> Int {
        guard let node = self.node(key) else { return fallback }
        let expected = "expected a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let text, _) = node.value, let value = Self.integer(text), range.contains(value) else {
            self.faults.add(
                line: node.line,
                key: self.name(key),
                "is \(node.kind); \(expected)\(unit.isEmpty ? "" : " \(unit)")"
            )
            return fallback
        }
        return value
    }

    /// A number with or without decimals.
    mutating func decimal(_ key: String, default fallback: Double, in range: ClosedRange<Double>) -> Double {
        guard let node = self.node(key) else { return fallback }
        guard case .scalar(let text, _) = node.value, Self.isDecimal(text), let value = Double(text),
            range.contains(value)
        else {
            let expected = "expected a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
            self.faults.add(line: node.line, key: self.name(key), "is \(node.kind); \(expected)")
            return fallback
        }
        return value
    }

    /// Whether a key has a section of its own, where a plain value would do, too.
    func isSection(_ key: String) -> Bool {
        guard let node = self.members.first(where: { $0.key == key })?.node else { return false }
        guard case .mapping = node.value else { return false }
        return true
    }

    mutating func flag(_ key: String, default fallback: Bool) -> Bool {
        guard let node = self.node(key) else { return fallback }
        switch node.value {
        case .scalar("true", false): return true
        case .scalar("false", false): return false
        case .scalar, .sequence, .mapping:
            self.faults.add(line: node.line, key: self.name(key), "is \(node.kind); expected true or false")
            return fallback
        }
    }

    /// A fault of one key's value, on the key's line or, when it is missing, the section's.
    func fault(_ key: String, _ message: String) {
        let line = self.members.first { $0.key == key }?.line ?? self.line
        self.faults.add(line: line, key: self.name(key), message)
    }

    func name(_ key: String) -> String {
        self.path.isEmpty ? key : "\(self.path).\(key)"
    }

    /// Reports the keys that nobody asked for; call it last.
    ///
    /// `others` are keys that could be there and were not asked for, since they are not.
    func finish(alsoKnown others: [String] = []) {
        let names = self.known + others.filter { !self.known.contains($0) }
        for member in self.members where !self.known.contains(member.key) {
            let hint: String
            if let near = NearestName.of(member.key, among: names) {
                hint = "did you mean '\(near)'?"
            } else {
                hint = "known here: \(names.joined(separator: ", "))"
            }
            self.faults.add(line: member.line, key: self.name(member.key), "is not a known key; \(hint)")
        }
    }

    private mutating func node(_ key: String) -> YAMLNode? {
        self.known.append(key)
        guard let node = self.members.first(where: { $0.key == key })?.node, !node.isNull else { return nil }
        return node
    }

    /// A limit as people write it: `10` and not `10.0`.
    private static func text(_ limit: Double) -> String {
        limit == limit.rounded() ? "\(Int(limit))" : "\(limit)"
    }

    /// Digits with an optional sign and point; neither `nan` nor `0x1p4`, which Swift would read.
    private static func isDecimal(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B }
    }

    /// Decimal digits with an optional sign, or hexadecimal ones after `0x`.
    private static func integer(_ text: String) -> Int? {
        if text.hasPrefix("0x") {
            let digits = text.dropFirst(2)
            guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }) else { return nil }
            return Int(digits, radix: 16)
        }
        return Int(text)
    }
}
