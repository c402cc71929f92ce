internal import TelemetryJSON
internal import TelemetryModel

extension TwinRecord {
    /// Reads a record's value; see ``value(of:after:)``.
    ///
    /// - Parameter bytes: the value.
    /// - Throws: When it is not what the gateway writes.
    package init(parsing bytes: some Sequence<UInt8>) throws(StoredTwinError) {
        let body = try JSONObject(storedTwin: bytes)
        guard case .object(let details) = body["change"], let author = details["by"]?.string,
            let kind = details["kind"]?.string.flatMap(TwinChange.Kind.init),
            let time = details["at"]?.string.flatMap({ Timestamp(iso8601: $0) }),
            let version = body["version"]?.integer, let before = details["before"]?.object.flatMap(TwinVersions.init)
        else { throw StoredTwinError("a record without the details of a twin's change") }
        var change = TwinChange(kind, at: time, before: before)
        change.after.twin = version
        let previous = details["previous"]?.object ?? [:]
        if let tags = previous["tags"]?.object {
            // The event of a replacement leaves empty tags out.
            change.tags = SectionChange(
                patch: body["tags"]?.object ?? [:],
                previous: tags,
                previousStamps: TwinRecord.stamps(none: tags)
            )
        }
        let reader = SectionReader(body: body, previous: previous, stamps: details["stamps"]?.object ?? [:])
        if let desired = try reader.section("desired") { (change.desired, change.after.desired) = desired }
        if let reported = try reader.section("reported") { (change.reported, change.after.reported) = reported }
        self.init(author: author, change: change)
    }

    /// The stamps of tags, which have none.
    private static func stamps(none tags: JSONObject) -> [WriteStamp] {
        [WriteStamp](repeating: .none, count: StampList.count(of: .object(tags)))
    }
}

/// Takes one section out of a record's three parts.
private struct SectionReader {
    private let properties: JSONObject
    private let previous: JSONObject
    private let stamps: JSONObject

    init(body: JSONObject, previous: JSONObject, stamps: JSONObject) {
        self.properties = body["properties"]?.object ?? [:]
        self.previous = previous["properties"]?.object ?? [:]
        self.stamps = stamps
    }

    /// What was done to a section, and its `$version` after it; `nil` when it was not written.
    func section(_ name: String) throws(StoredTwinError) -> (SectionChange, Int64)? {
        guard let previous = self.previous[name]?.object else { return nil }
        guard var patch = self.properties[name]?.object, let version = patch["$version"]?.integer,
            let list = self.stamps[name]?.object,
            let stamps = StampList.read(list, count: StampList.count(of: .object(previous)))
        else { throw StoredTwinError("a record without \(name) properties or their stamps") }
        patch["$metadata"] = nil
        patch["$version"] = nil
        return (SectionChange(patch: patch, previous: previous, previousStamps: stamps), version)
    }
}

extension TwinVersions {
    /// Reads `{"version":6,"desired":5,"reported":3}`.
    fileprivate init?(_ object: JSONObject) {
        guard let twin = object["version"]?.integer, let desired = object["desired"]?.integer,
            let reported = object["reported"]?.integer
        else { return nil }
        self.init(twin: twin, desired: desired, reported: reported)
    }
}
