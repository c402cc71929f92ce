package import TelemetryJSON

/// Documents kept as JSON text, read section by section and only at a query's paths.
///
/// One instance serves one query on one thread: give it each document's texts with ``read(_:below:)``, evaluate, and
/// ``removeAll()``. A section that was not given is undefined.
package struct TextDocument: QueryDocument {
    private struct Section {
        /// The query's paths at and below the prefix.
        let slots: [Int]
        /// Reads what is left of them behind the prefix.
        var scanner: JSONPathScanner
    }

    /// The query's paths that are in no section: their values come with ``set(_:slot:)``.
    package let otherSlots: [Int]

    private var sections: [Section]
    private var values: [QueryValue]

    /// A document for these paths.
    ///
    /// - Parameters:
    ///   - paths: The compiled query's ``CompiledQuery/paths``.
    ///   - prefixes: Where each text belongs, for example `tags` and `properties.reported`; none begins another.
    package init(paths: [JSONPath], prefixes: [JSONPath]) {
        self.values = Array(repeating: nil, count: paths.count)
        self.sections = prefixes.map { prefix in
            let slots = paths.indices.filter { paths[$0].steps.starts(with: prefix.steps) }
            let rests = slots.map { JSONPath(Array(paths[$0].steps[prefix.steps.count...])) }
            return Section(slots: slots, scanner: JSONPathScanner(paths: rests, stopsWhenAllFound: true))
        }
        let inSections = Set(self.sections.flatMap(\.slots))
        self.otherSlots = paths.indices.filter { !inSections.contains($0) }
    }

    /// Whether the query asks for anything in a section.
    package func needs(_ prefix: Int) -> Bool {
        !self.sections[prefix].slots.isEmpty
    }

    /// Forgets the last document.
    package mutating func removeAll() {
        for slot in self.values.indices { self.values[slot] = nil }
    }

    /// Sets what is kept outside of texts, like an identity's columns; after ``read(_:below:)``, for it sets all of its
    /// section's paths.
    package mutating func set(_ value: QueryValue, slot: Int) {
        self.values[slot] = value
    }

    /// Reads a section's text.
    ///
    /// - Parameters:
    ///   - text: The section as JSON; known to be good, for nothing is checked behind the last path.
    ///   - prefix: The place of the section's prefix.
    /// - Throws: The first fault in what was read; the section is undefined then.
    package mutating func read(_ text: UnsafeBufferPointer<UInt8>, below prefix: Int) throws(JSONError) {
        guard self.needs(prefix) else { return }
        try self.sections[prefix].scanner.scan(text)
        for (place, slot) in self.sections[prefix].slots.enumerated() {
            self.values[slot] = try TextDocument.value(self.sections[prefix].scanner.matches[place], in: text)
        }
    }

    /// The value that was read or set for the slot.
    package func value(at path: JSONPath, slot: Int) -> QueryValue {
        self.values[slot]
    }

    private static func value(
        _ match: JSONPathMatch,
        in text: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) -> QueryValue {
        switch match {
        case .missing: nil
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let range, let hasEscapes):
            .string(JSONPathScanner.string(range, hasEscapes: hasEscapes, in: text))
        case .compound(let range):
            try JSONValue(parsing: UnsafeBufferPointer(rebasing: text[range]))
        }
    }
}
