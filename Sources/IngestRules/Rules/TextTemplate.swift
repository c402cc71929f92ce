/// A text with places that a message fills: `tasmota-{device}`, `{payload:sensor.id}`.
package struct TextTemplate: Equatable, Sendable {
    /// One part of the text.
    enum Part: Equatable, Sendable {
        case literal(String)
        /// A level of the topic.
        case level(String)
        /// A scalar of a JSON payload by its path.
        case payload(String)
    }

    /// Why a text is no template, as what was expected instead.
    package struct Fault: Error, Equatable, Sendable {
        package var expected: String
        /// The place's name when it is none of the topic's.
        package var unknownName: String?
    }

    /// The text it was made from.
    package let text: String
    let parts: [Part]

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - text: with places in braces.
    ///   - names: the names a place may have.
    ///   - allowsPayload: whether `{payload:path}` is a place too.
    /// - Throws: `Fault`, the first.
    package init(_ text: String, names: [String], allowsPayload: Bool = false) throws(Fault) {
        var parts = [Part]()
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else { throw Fault(expected: "a } for every {") }
            let name = String(rest[rest.index(after: open)..<close])
            if allowsPayload, name.hasPrefix("payload:"), name.count > 8 {
                parts.append(.payload(String(name.dropFirst(8))))
            } else if names.contains(name) {
                parts.append(.level(name))
            } else {
                let known = names.map { "{\($0)}" }.joined(separator: ", ")
                let payload = allowsPayload ? " or {payload:PATH}" : ""
                throw Fault(
                    expected:
                        "names of the topic's levels in braces (\(known.isEmpty ? "it has none" : known))\(payload)",
                    unknownName: name
                )
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        self.text = text
        self.parts = parts
    }

    /// The paths in the payload it needs.
    var payloadPaths: [String] {
        self.parts.compactMap { if case .payload(let path) = $0 { path } else { nil } }
    }

    /// The text with its places filled; `nil` when one has nothing.
    func filled(level: (String) -> String?, payload: (String) -> String? = { _ in nil }) -> String? {
        var out = ""
        for part in self.parts {
            switch part {
            case .literal(let text): out += text
            case .level(let name):
                guard let text = level(name) else { return nil }
                out += text
            case .payload(let path):
                guard let text = payload(path) else { return nil }
                out += text
            }
        }
        return out
    }
}
