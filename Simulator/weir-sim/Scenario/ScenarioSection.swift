import TelemetryModel
import Yams

/// One mapping of a scenario file, read key by key; every fault carries its line.
struct ScenarioSection {
    /// The line that the section begins on.
    let line: Int?
    private let file: String
    private let values: [String: (node: Node, line: Int?)]

    /// Opens a mapping; a key that is not known is a fault.
    ///
    /// - Parameters:
    ///   - node: a mapping, or nothing at all where everything is optional.
    ///   - name: of the section, for messages.
    ///   - keys: that the section may have.
    ///   - file: the file's path, for messages.
    /// - Throws: for another node than a mapping, and for unknown keys.
    init(_ node: Node, name: String, keys: [String], file: String) throws(ScenarioError) {
        self.file = file
        self.line = node.mark?.line
        if case .scalar(let scalar) = node, scalar.string.isEmpty || scalar.string == "~" || scalar.string == "null" {
            self.values = [:]
            return
        }
        guard case .mapping(let mapping) = node else {
            throw ScenarioError(
                file: file,
                line: node.mark?.line,
                problem: "\(name) must be a mapping with the keys \(keys.joined(separator: ", "))"
            )
        }
        var values = [String: (node: Node, line: Int?)]()
        for (keyNode, value) in mapping {
            let key = keyNode.scalar?.string ?? "?"
            guard keys.contains(key) else {
                let hint =
                    NearestName.of(key, among: keys).map { "did you mean “\($0)”?" }
                    ?? "it may have \(keys.joined(separator: ", "))"
                throw ScenarioError(
                    file: file,
                    line: keyNode.mark?.line,
                    problem: "\(name) has no key “\(key)”; \(hint)"
                )
            }
            values[key] = (value, value.mark?.line ?? keyNode.mark?.line)
        }
        self.values = values
    }

    /// A key's node and line, if the key is there.
    func node(_ key: String) -> (node: Node, line: Int?)? { self.values[key] }

    /// A key's text; `nil` when the key is not there.
    func text(_ key: String) throws(ScenarioError) -> String? {
        guard let (node, line) = self.values[key] else { return nil }
        guard case .scalar(let scalar) = node else {
            throw ScenarioError(file: self.file, line: line, problem: "\(key) must be a single value")
        }
        return scalar.string
    }

    /// A key's value read by `parse`; the default when the key is not there, a fault when there is no default.
    func value<Value>(
        _ key: String,
        default: Value? = nil,
        expected: String,
        parse: (String) -> Value?
    ) throws(ScenarioError) -> Value {
        guard let text = try self.text(key) else {
            guard let `default` else {
                throw ScenarioError(file: self.file, line: self.line, problem: "the key \(key) is missing: \(expected)")
            }
            return `default`
        }
        guard let value = parse(text) else { throw self.fault(key, "is “\(text)” but must be \(expected)") }
        return value
    }

    /// A key's whole number.
    func integer(_ key: String, default: Int? = nil, in range: ClosedRange<Int>) throws(ScenarioError) -> Int {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try self.value(key, default: `default`, expected: expected) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A key's number.
    func number(_ key: String, default: Double? = nil, in range: ClosedRange<Double>) throws(ScenarioError) -> Double {
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        return try self.value(key, default: `default`, expected: expected) { text in
            Double(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A key's time.
    func duration(
        _ key: String,
        default: Duration? = nil,
        in range: ClosedRange<Duration>
    ) throws(ScenarioError) -> Duration {
        let from = DurationText.format(range.lowerBound)
        let to = DurationText.format(range.upperBound)
        let expected = "a time from \(from) to \(to), such as 250ms, 8s, 10m or 2h"
        return try self.value(key, default: `default`, expected: expected) { text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A key's value among names.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String,
        of: Choice.Type
    ) throws(ScenarioError) -> Choice where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        let expected = names.count == 1 ? names[0] : "one of \(names.joined(separator: ", "))"
        return try self.value(key, expected: expected) { Choice(rawValue: $0) }
    }

    /// A fault of one key.
    func fault(_ key: String, _ problem: String) -> ScenarioError {
        ScenarioError(file: self.file, line: self.values[key]?.line ?? self.line, problem: "\(key) \(problem)")
    }

    /// The sections of a key that holds a list.
    func list(_ key: String) throws(ScenarioError) -> [Node] {
        guard let (node, line) = self.values[key] else { return [] }
        guard case .sequence(let sequence) = node else {
            throw ScenarioError(file: self.file, line: line, problem: "\(key) must be a list")
        }
        return Array(sequence)
    }
}
