package import TelemetryJSON

/// What is to be written into one section: members that obey every rule for content, as they came. `null` stands for a
/// deletion.
///
/// Source: contract twins sections 3 and 5.
package struct SectionPatch: Equatable, Sendable {
    /// The members in the order as sent, without the section's own `$metadata` and `$version`.
    package let members: JSONObject

    /// Checks a section of a request.
    ///
    /// - Parameters:
    ///   - value: what was sent.
    ///   - section: for which section; its `$metadata` and `$version` are ignored where it has them.
    /// - Throws: The first rule that is broken, with its place.
    package init(_ value: JSONValue, for section: TwinSectionName) throws(TwinError) {
        guard case .object(var members) = value else { throw TwinError(.notAnObject, at: [section.path]) }
        if section.hasMetadata {
            members["$metadata"] = nil
            members["$version"] = nil
        }
        do throws(TwinError) {
            try SectionPatch.check(members, depth: 0, level: 0)
        } catch {
            throw error.within(section.path)
        }
        self.members = members
    }

    /// Members that were checked before.
    init(checked members: JSONObject) {
        self.members = members
    }

    /// Reads a device's patch of its reported properties.
    ///
    /// - Parameter bytes: the payload.
    /// - Returns: The checked patch.
    /// - Throws: When it is no JSON object, or the first rule that is broken.
    package static func reported(parsing bytes: some Sequence<UInt8>) throws(TwinError) -> SectionPatch {
        try SectionPatch(try JSONValue(twinParsing: bytes), for: .reported)
    }

    private static func check(_ object: JSONObject, depth: Int, level: Int) throws(TwinError) {
        guard depth <= TwinLimits.depthMax, level <= TwinLimits.levelsMax else { throw TwinError(.nestedTooDeep) }
        for member in object {
            do throws(TwinError) {
                try SectionPatch.check(key: member.name)
                try SectionPatch.check(member.value, depth: depth, level: level)
            } catch {
                throw error.within(member.name)
            }
        }
    }

    /// Checks a value that `depth` objects, and `level` objects and arrays, below the section surround.
    private static func check(_ value: JSONValue, depth: Int, level: Int) throws(TwinError) {
        switch value {
        case .null, .bool, .number: break
        case .integer(let integer):
            guard TwinLimits.integers.contains(integer) else { throw TwinError(.integerOutOfRange(integer)) }
        case .string(let text):
            guard text.utf8.count <= TwinLimits.stringSizeMax else {
                throw TwinError(.stringTooLong(byteCount: text.utf8.count))
            }
        case .array(let elements):
            guard level < TwinLimits.levelsMax else { throw TwinError(.nestedTooDeep) }
            for (index, element) in elements.enumerated() {
                do throws(TwinError) {
                    try SectionPatch.check(element, depth: depth, level: level + 1)
                } catch {
                    throw error.within("[\(index)]")
                }
            }
        case .object(let object):
            try SectionPatch.check(object, depth: depth + 1, level: level + 1)
        }
    }

    private static func check(key: String) throws(TwinError) {
        let byteCount = key.utf8.count
        guard byteCount > 0 else { throw TwinError(.keyEmpty) }
        guard byteCount <= TwinLimits.keySizeMax else { throw TwinError(.keyTooLong(byteCount: byteCount)) }
        // Most names have none of the bytes that a forbidden character begins with.
        guard key.utf8.contains(where: { $0 <= 0x2E || $0 == 0x7F || $0 == 0xC2 }),
            let scalar = key.unicodeScalars.first(where: SectionPatch.isForbidden)
        else { return }
        throw TwinError(.keyCharacter(scalar))
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x20, 0x24, 0x2E, 0x7F...0x9F: true
        default: false
        }
    }
}

extension JSONValue {
    /// Reads JSON for a twin: integers that no rule allows are not rounded but refused.
    init(twinParsing bytes: some Sequence<UInt8>) throws(TwinError) {
        do throws(JSONError) {
            self = try JSONValue(parsing: bytes, wideIntegers: .refused)
        } catch {
            throw TwinError(.malformed(error))
        }
    }
}
