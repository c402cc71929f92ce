/// A topic filter whose levels can have names: `tele/{device}/SENSOR`, `zigbee2mqtt/{device...}/availability`.
///
/// - `{name}` is one level, `+` one without a name.
/// - `{name...}` is one or more levels, once in a pattern, at any place.
/// - `#` is the rest, none included, only at the end.
package struct TopicPattern: Equatable, Sendable {
    /// One level of the pattern.
    enum Level: Equatable, Sendable {
        case literal([UInt8])
        case one(name: String?)
        /// One or more levels with a name; or, without one, none or more.
        case many(name: String?)
    }

    /// Why a text is no pattern, as what was expected instead.
    package struct Fault: Error, Equatable, Sendable {
        package var expected: String
    }

    /// The text it was made from.
    package let text: String
    let levels: [Level]
    /// The names of the levels, in order.
    package let names: [String]

    /// Reads a pattern.
    package init(_ text: String) throws(Fault) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !text.isEmpty, text.utf8.count <= 1_024, parts.count <= IngestLimits.topicLevelsMax else {
            throw Fault(expected: "a topic filter of 1 to 1024 bytes and at most \(IngestLimits.topicLevelsMax) levels")
        }
        var levels = [Level]()
        var names = [String]()
        for (index, part) in parts.enumerated() {
            levels.append(try TopicPattern.level(part, isLast: index == parts.count - 1, names: &names))
        }
        guard levels.count(where: \.isMany) <= 1 else {
            throw Fault(expected: "at most one level that stands for several, {name...} or #")
        }
        if case .literal(let first) = levels[0], TopicPattern.hubPrefixes.contains(first) {
            throw Fault(expected: "a topic outside devices/, $iothub/ and $dps/, which follow the hub's own contract")
        }
        self.text = text
        self.levels = levels
        self.names = names
    }

    /// Topics whose first level is one of these belong to the hub and to no rule.
    static let hubPrefixes: [[UInt8]] = ["devices", "$iothub", "$dps"].map { Array($0.utf8) }

    /// The levels with names, each with the levels of the topic it stands for; `nil` when the topic does not match.
    ///
    /// - Parameter topic: the topic's levels.
    /// - Returns: places in `topic`, in the order of ``names``. Cost: linear in the levels.
    func match(_ topic: [ArraySlice<UInt8>]) -> [Range<Int>]? {
        // A wildcard in front does not reach topics of the server's own. [MQTT-4.7.2-1]
        if topic.first?.first == UInt8(ascii: "$"), !self.levels[0].isLiteral { return nil }
        var places = [Range<Int>]()
        var position = 0
        for (index, level) in self.levels.enumerated() {
            let after = self.levels.count - index - 1
            let count: Int
            switch level {
            case .literal, .one: count = 1
            case .many: count = topic.count - position - after
            }
            guard count >= (level == .many(name: nil) ? 0 : 1), position + count <= topic.count else { return nil }
            switch level {
            case .literal(let text): guard topic[position].elementsEqual(text) else { return nil }
            case .one(let name), .many(let name):
                if name != nil { places.append(position..<(position + count)) }
            }
            position += count
        }
        return position == topic.count ? places : nil
    }

    private static func level(_ part: Substring, isLast: Bool, names: inout [String]) throws(Fault) -> Level {
        if part == "+" { return .one(name: nil) }
        if part == "#" {
            guard isLast else { throw Fault(expected: "# only as the last level") }
            return .many(name: nil)
        }
        if part.first == "{", part.last == "}", part.count >= 2 {
            var name = String(part.dropFirst().dropLast())
            let isMany = name.hasSuffix("...")
            if isMany { name.removeLast(3) }
            guard !name.isEmpty, name.utf8.allSatisfy(TopicPattern.isNameByte) else {
                throw Fault(expected: "a level's name of letters, digits and _ in braces, such as {device}")
            }
            guard !names.contains(name) else { throw Fault(expected: "each name once; {\(name)} stands twice") }
            names.append(name)
            return isMany ? .many(name: name) : .one(name: name)
        }
        guard !part.utf8.contains(where: { "+#{}".utf8.contains($0) }) else {
            throw Fault(expected: "+, # and {name} to be a whole level")
        }
        return .literal(Array(part.utf8))
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension TopicPattern.Level {
    fileprivate var isMany: Bool {
        if case .many = self { true } else { false }
    }

    fileprivate var isLiteral: Bool {
        if case .literal = self { true } else { false }
    }
}
