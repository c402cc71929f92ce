package import TelemetryJSON

/// A whole JSON value as a document.
package struct JSONDocument: QueryDocument {
    private let root: JSONValue

    /// A document of this value.
    package init(_ root: JSONValue) {
        self.root = root
    }

    /// The value at the path; the slot does not matter.
    package func value(at path: JSONPath, slot: Int) -> QueryValue {
        self.root.value(at: path)
    }
}
