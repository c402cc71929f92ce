import CYAML
package import EdgeCore

/// Reads YAML through libyaml's events into nodes with line numbers.
///
/// One document of plain mappings, lists and scalars. Anchors, aliases, tags and complex keys are refused: they would
/// make a line mean something other than it says. Depth and size are bounded.
package struct YAMLParser: ~Copyable {
    private static let depthMax = 16
    private static let nodesMax = 20_000

    /// An event, copied out of the library's memory.
    private enum Event {
        case scalar(String, isQuoted: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case documentEnd
        case streamEnd
        case other
    }

    private let file: String
    private var parser = yaml_parser_t()
    private var nodes = 0

    /// Parses a whole file.
    ///
    /// - Parameters:
    ///   - bytes: The file's content, UTF-8.
    ///   - file: Its path, for messages.
    /// - Returns: The document; an empty file gives an empty section.
    /// - Throws: The first fault, with its line.
    package static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationFault) -> YAMLNode {
        var parser = YAMLParser(file: file)
        guard yaml_parser_initialize(&parser.parser) == 1 else {
            throw ConfigurationFault(file: file, message: "cannot be parsed: no memory")
        }
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<YAMLNode, ConfigurationFault> in
            yaml_parser_set_input_string(&parser.parser, buffer.baseAddress, buffer.count)
            do throws(ConfigurationFault) {
                return .success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        yaml_parser_delete(&parser.parser)
        return try result.get()
    }

    private init(file: String) {
        self.file = file
    }

    private mutating func document() throws(ConfigurationFault) -> YAMLNode {
        var (event, line) = try self.next()
        while case .other = event { (event, line) = try self.next() }  // stream and document start
        if case .streamEnd = event { return YAMLNode(line: 1, .mapping([])) }
        let node = try self.node(event, line: line, depth: 0)
        var (after, afterLine) = try self.next()
        if case .documentEnd = after { (after, afterLine) = try self.next() }
        guard case .streamEnd = after else {
            throw ConfigurationFault(file: self.file, line: afterLine, message: "has a second document; expected one")
        }
        return node
    }

    private mutating func node(_ event: Event, line: Int, depth: Int) throws(ConfigurationFault) -> YAMLNode {
        self.nodes += 1
        guard depth <= Self.depthMax, self.nodes <= Self.nodesMax else {
            let message =
                "is too deep or too large; expected at most \(Self.depthMax) levels and \(Self.nodesMax) values"
            throw ConfigurationFault(file: self.file, line: line, message: message)
        }
        switch event {
        case .scalar(let text, let isQuoted):
            return YAMLNode(line: line, .scalar(text, isQuoted: isQuoted))
        case .sequenceStart:
            var items: [YAMLNode] = []
            while true {
                let (item, itemLine) = try self.next()
                if case .sequenceEnd = item { return YAMLNode(line: line, .sequence(items)) }
                items.append(try self.node(item, line: itemLine, depth: depth + 1))
            }
        case .mappingStart:
            var members: [YAMLNode.Member] = []
            while true {
                let (key, keyLine) = try self.next()
                if case .mappingEnd = key { return YAMLNode(line: line, .mapping(members)) }
                guard case .scalar(let name, _) = key else {
                    let message = "has a key that is not a plain word"
                    throw ConfigurationFault(file: self.file, line: keyLine, message: message)
                }
                let (value, valueLine) = try self.next()
                let node = try self.node(value, line: valueLine, depth: depth + 1)
                members.append(YAMLNode.Member(key: name, line: keyLine, node: node))
            }
        case .sequenceEnd, .mappingEnd, .documentEnd, .streamEnd, .other:
            throw ConfigurationFault(file: self.file, line: line, message: "is not a configuration")
        }
    }

    private mutating func next() throws(ConfigurationFault) -> (Event, Int) {
        var event = yaml_event_t()
        guard yaml_parser_parse(&self.parser, &event) == 1 else {
            let problem = self.parser.problem.map { String(cString: $0) } ?? "cannot be read"
            let line = max(Int(self.parser.problem_mark.line), Int(self.parser.mark.line)) + 1
            throw ConfigurationFault(file: self.file, line: line, message: "is no valid YAML: \(problem)")
        }
        defer { yaml_event_delete(&event) }
        let line = Int(event.start_mark.line) + 1
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try self.refuse(anchor: scalar.anchor, tag: scalar.tag, line: line)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let isQuoted = scalar.style != YAML_PLAIN_SCALAR_STYLE
            return (.scalar(String(decoding: bytes, as: UTF8.self), isQuoted: isQuoted), line)
        case YAML_SEQUENCE_START_EVENT:
            try self.refuse(anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, line: line)
            return (.sequenceStart, line)
        case YAML_MAPPING_START_EVENT:
            try self.refuse(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, line: line)
            return (.mappingStart, line)
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, line)
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, line)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, line)
        case YAML_STREAM_END_EVENT: return (.streamEnd, line)
        case YAML_ALIAS_EVENT:
            throw ConfigurationFault(file: self.file, line: line, message: "has an alias (*name); write the value out")
        default: return (.other, line)
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?,
        tag: UnsafeMutablePointer<yaml_char_t>?,
        line: Int
    ) throws(ConfigurationFault) {
        guard anchor == nil, tag == nil else {
            throw ConfigurationFault(file: self.file, line: line, message: "has an anchor (&name) or a tag (!name)")
        }
    }
}
