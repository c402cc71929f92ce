package import TelemetryJSON
package import TelemetryModel

extension TwinChange {
    /// The event's `opType`.
    package var operation: String {
        switch self.kind {
        case .update, .report: "updateTwin"
        case .replace: "replaceTwin"
        }
    }

    /// The body of the twin change event: of an update only what changed, with metadata and versions; of a replacement the
    /// whole twin.
    ///
    /// Source: contract iothub-rest section 10, "Events made by the hub".
    ///
    /// - Parameters:
    ///   - id: whose twin was changed.
    ///   - twin: the twin after the change.
    /// - Returns: The body.
    package func eventBody(of id: IdentityID, after twin: Twin) -> JSONObject {
        if self.kind == .replace { return twin.eventView(of: id) }
        var body: JSONObject = ["version": .integer(self.after.twin)]
        if let tags = self.tags { body.set("tags", to: .object(tags.patch)) }
        var properties = JSONObject()
        if let desired = self.desired {
            let stamp = WriteStamp(at: self.at, version: self.after.desired)
            properties.set("desired", to: .object(TwinChange.written(desired.patch, stamp: stamp, withVersions: true)))
        }
        if let reported = self.reported {
            let stamp = WriteStamp(at: self.at, version: self.after.reported)
            let written = TwinChange.written(reported.patch, stamp: stamp, withVersions: false)
            properties.set("reported", to: .object(written))
        }
        if !properties.isEmpty { body.set("properties", to: .object(properties)) }
        return body
    }

    /// A patch with the metadata of what it wrote: all of it has the one stamp.
    private static func written(_ patch: JSONObject, stamp: WriteStamp, withVersions: Bool) -> JSONObject {
        let values = patch.withoutNulls
        let stamps = StampTree(of: .object(values), writtenAt: stamp)
        let section = TwinSection(values: values, version: stamp.version, stamps: stamps)
        var written = patch
        written.set("$metadata", to: .object(section.metadata(withVersions: withVersions)))
        written.set("$version", to: .integer(stamp.version))
        return written
    }
}
