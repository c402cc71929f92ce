import TelemetryJSON
import TelemetryModel
import TwinModel

/// A section as plainly as it can be written, to compare the real one with: RFC 7386's pseudo-code over trees of
/// (value, stamp), deletions one by one.
struct ReferenceTwin: Equatable {
    /// A property with its stamp.
    indirect enum Node: Equatable {
        case leaf(JSONValue, WriteStamp)
        case object([String: Node], WriteStamp)
    }

    private(set) var root: Node
    private(set) var version: Int64 = 1

    init(createdAt time: Timestamp) {
        self.root = .object([:], WriteStamp(at: time, version: 1))
    }

    /// The values alone.
    var value: JSONValue { ReferenceTwin.value(self.root) }

    mutating func merge(_ patch: JSONObject, at time: Timestamp) {
        self.version += 1
        let stamp = WriteStamp(at: time, version: self.version)
        self.root = ReferenceTwin.merge(self.root, .object(patch), stamp)
    }

    mutating func replace(_ content: JSONObject, at time: Timestamp) {
        self.version += 1
        let stamp = WriteStamp(at: time, version: self.version)
        self.root = ReferenceTwin.merge(.leaf(.null, stamp), .object(content), stamp)
    }

    private static func merge(_ target: Node, _ patch: JSONValue, _ stamp: WriteStamp) -> Node {
        guard case .object(let patch) = patch else { return .leaf(patch, stamp) }
        var members: [String: Node] = [:]
        if case .object(let old, _) = target { members = old }
        for member in patch {
            if member.value == .null {
                members[member.name] = nil
            } else {
                let old = members[member.name] ?? .leaf(.null, stamp)
                members[member.name] = ReferenceTwin.merge(old, member.value, stamp)
            }
        }
        return .object(members, stamp)
    }

    /// Whether a section has the same values, metadata and version.
    func matches(_ section: TwinSection) -> Bool {
        section.version == self.version && .object(section.values) == ReferenceTwin.value(self.root)
            && section.metadata(withVersions: true) == self.metadata
    }

    /// No version has written a new section: it names none. Contract twins section 1.
    private var metadata: JSONObject {
        if self.version > 1 { return ReferenceTwin.metadata(self.root) }
        guard case .object(_, let stamp) = self.root else { return [:] }
        return ["$lastUpdated": .string(WriteStamp.text(stamp.at))]
    }

    private static func value(_ node: Node) -> JSONValue {
        switch node {
        case .leaf(let value, _): return value
        case .object(let members, _):
            var object = JSONObject()
            for (name, member) in members { object.set(name, to: ReferenceTwin.value(member)) }
            return .object(object)
        }
    }

    private static func metadata(_ node: Node) -> JSONObject {
        switch node {
        case .leaf(_, let stamp): return ReferenceTwin.metadata(stamp)
        case .object(let members, let stamp):
            var object = ReferenceTwin.metadata(stamp)
            for (name, member) in members { object.set(name, to: .object(ReferenceTwin.metadata(member))) }
            return object
        }
    }

    private static func metadata(_ stamp: WriteStamp) -> JSONObject {
        [
            "$lastUpdated": .string(WriteStamp.text(stamp.at)),
            "$lastUpdatedVersion": .integer(stamp.version),
        ]
    }
}
