internal import TelemetryJSON

/// The constants behind `IN`, looked up without reading them one by one.
struct QueryConstantSet: Sendable {
    private var integers: Set<Int64> = []
    /// Those that are no 64-bit integer in another form.
    private var doubles: Set<Double> = []
    /// Texts by what Unicode takes for the same.
    private var texts: [String: [String]] = [:]
    private var hasNull = false
    private var hasTrue = false
    private var hasFalse = false
    /// Whether comparing with one of them is undefined: `undefined`, or an array.
    private var hasIncomparable = false

    init(_ constants: [QueryConstant]) {
        for constant in constants {
            switch constant {
            case .undefined, .array: self.hasIncomparable = true
            case .null: self.hasNull = true
            case .bool(true): self.hasTrue = true
            case .bool(false): self.hasFalse = true
            case .integer(let value): self.integers.insert(value)
            case .number(let value):
                if let integer = Int64(exactly: value) {
                    self.integers.insert(integer)
                } else {
                    self.doubles.insert(value)
                }
            case .string(let text): self.texts[text, default: []].append(text)
            }
        }
    }

    /// What `value = a OR value = b …` gives, except that undefined is in no list, not even in the empty one.
    func contains(_ value: QueryValue) -> Bool? {
        guard let value else { return nil }
        let isFound: Bool
        switch value {
        case .null: isFound = self.hasNull
        case .bool(let value): isFound = value ? self.hasTrue : self.hasFalse
        case .integer(let value): isFound = self.integers.contains(value)
        case .number(let value):
            isFound = Int64(exactly: value).map { self.integers.contains($0) } ?? self.doubles.contains(value)
        case .string(let text):
            isFound = self.texts[text]?.contains { $0.utf8.elementsEqual(text.utf8) } ?? false
        case .array, .object: return nil
        }
        return isFound ? true : self.hasIncomparable ? nil : false
    }
}
