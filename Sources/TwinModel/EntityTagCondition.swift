/// What `If-Match` asks of an etag.
///
/// Source: contract iothub-rest section 1, "If-Match": the service clients send `"*"` with quotes, `*` without, bare etags
/// and quoted ones.
package enum EntityTagCondition: Equatable, Sendable {
    /// The thing must exist, whatever its etag.
    case any
    /// The etag must be this one.
    case etag(String)

    /// Reads the header: an optional `W/` and one pair of quotes are taken off.
    package init(header: String) {
        var text = header[...]
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        if text.hasPrefix("W/") { text.removeFirst(2) }
        if text.utf8.count >= 2, text.first == "\"", text.last == "\"" { text = text.dropFirst().dropLast() }
        self = text == "*" ? .any : .etag(String(text))
    }

    /// Whether a thing that exists with this etag meets the condition.
    package func isMet(by etag: String) -> Bool {
        switch self {
        case .any: true
        case .etag(let wanted): wanted == etag
        }
    }
}
