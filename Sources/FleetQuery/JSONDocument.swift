package import TelemetryJSON

/// A whole JSON value as a document.
package struct JSONDocument: QueryDocument {
    private let root: JSONValue

    package init(_ root: JSONValue) {
        self.root = root
    }

    package func value(at path: JSONPath, slot: Int) -> QueryValue {
        self.root.value(at: path)
    }
}
