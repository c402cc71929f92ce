/// How a rule's payloads are written.
package enum IngestFormat: String, CaseIterable, Sendable {
    /// A JSON object, or an array of objects.
    case json
    /// One number as text: `21.5`.
    case number
    /// Any UTF-8 text.
    case text
    /// What it looks like: a JSON object or array, a number, `true`, `false`, or text.
    case auto
    /// The protobuf payload of Sparkplug B 3.0; the topics are the specification's.
    case sparkplugB
}
