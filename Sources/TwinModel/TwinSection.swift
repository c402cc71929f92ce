package import TelemetryJSON
package import TelemetryModel

/// One section of a twin: its values, and when and by which `$version` each of them was written.
///
/// Invariant: ``values`` holds no `null` but inside arrays, and ``stamps`` has the shape of the values.
/// Source: contract twins sections 2 to 4.
package struct TwinSection: Sendable {
    /// The properties, without `$metadata` and `$version`.
    package internal(set) var values: JSONObject
    /// `$version`; 0 of tags, which have none.
    package internal(set) var version: Int64
    /// The stamps of ``values`` and of the section itself.
    var stamps: StampTree

    /// The section of a new twin: everything in it was written by `$version` 1.
    ///
    /// - Parameters:
    ///   - patch: what it begins with; `nil` for nothing.
    ///   - time: when it is made.
    package init(_ patch: SectionPatch? = nil, createdAt time: Timestamp) {
        self.version = 1
        self.values = (patch?.members ?? [:]).withoutNulls
        self.stamps = StampTree(of: .object(self.values), writtenAt: WriteStamp(at: time, version: 1))
    }

    /// Tags, which have neither `$metadata` nor `$version`: all their stamps are ``WriteStamp/none``.
    init(tags: JSONObject) {
        self.init(
            values: tags,
            version: WriteStamp.none.version,
            stamps: StampTree(of: .object(tags), writtenAt: .none)
        )
    }

    init(values: JSONObject, version: Int64, stamps: StampTree) {
        self.values = values
        self.version = version
        self.stamps = stamps
    }

    /// The tree of `$lastUpdated` and, when asked for, `$lastUpdatedVersion`, as it stands in `$metadata`.
    package func metadata(withVersions: Bool) -> JSONObject {
        // Nobody has written a new twin's section, so no version has. Source: contract twins section 1.
        let isWritten = self.version > 1 || !self.values.isEmpty
        return TwinSection.metadata(of: self.values, stamps: self.stamps, withVersions: withVersions && isWritten)
    }

    /// The section as the service sees it: the values, `$metadata`, `$version`.
    package func serviceView(withVersions: Bool) -> JSONObject {
        var view = self.values
        view.set("$metadata", to: .object(self.metadata(withVersions: withVersions)))
        view.set("$version", to: .integer(self.version))
        return view
    }

    /// The section as the device sees it: the values and `$version`.
    package var deviceView: JSONObject {
        var view = self.values
        view.set("$version", to: .integer(self.version))
        return view
    }

    private static func metadata(of values: JSONObject, stamps: StampTree, withVersions: Bool) -> JSONObject {
        var metadata = JSONObject()
        metadata.reserveCapacity(values.count + 2)
        metadata.set("$lastUpdated", to: .string(WriteStamp.text(stamps.stamp.at)))
        if withVersions { metadata.set("$lastUpdatedVersion", to: .integer(stamps.stamp.version)) }
        for (member, child) in zip(values, stamps.children) {
            let inner = member.value.object ?? [:]
            let entry = TwinSection.metadata(of: inner, stamps: child, withVersions: withVersions)
            metadata.set(member.name, to: .object(entry))
        }
        return metadata
    }
}

extension TwinSection: Equatable {
    /// The same values, written at the same times by the same versions; the order of members is nothing.
    package static func == (left: TwinSection, right: TwinSection) -> Bool {
        left.version == right.version && left.values == right.values
            && TwinSection.areSame(left.values, left.stamps, right.values, right.stamps)
    }

    private static func areSame(
        _ left: JSONObject,
        _ leftStamps: StampTree,
        _ right: JSONObject,
        _ rightStamps: StampTree
    ) -> Bool {
        guard leftStamps.stamp == rightStamps.stamp else { return false }
        for (place, member) in left.enumerated() {
            guard let other = right.place(of: member.name) else { return false }
            let inner = member.value.object ?? [:]
            let otherInner = right[other].value.object ?? [:]
            guard TwinSection.areSame(inner, leftStamps.children[place], otherInner, rightStamps.children[other]) else {
                return false
            }
        }
        return true
    }
}
