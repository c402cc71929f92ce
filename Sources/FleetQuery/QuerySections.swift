package import TelemetryJSON

/// The parts of a twin that a query touches; what it does not touch need not be read.
package struct QuerySections: OptionSet, Sendable {
    /// One bit for each section.
    package let rawValue: UInt16

    /// The sections of these bits.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Ids, etags, status, times, version, capabilities: everything at the top that is named nowhere else.
    package static let identity = QuerySections(rawValue: 1 << 0)
    /// `connectionState`, `lastActivityTime` and `cloudToDeviceMessageCount`, which change without a write to the twin.
    package static let connection = QuerySections(rawValue: 1 << 1)
    /// `tags`.
    package static let tags = QuerySections(rawValue: 1 << 2)
    /// The desired properties without their metadata.
    package static let desired = QuerySections(rawValue: 1 << 3)
    /// The reported properties without their metadata.
    package static let reported = QuerySections(rawValue: 1 << 4)
    /// `$metadata` and `$version` of the desired properties.
    package static let desiredMetadata = QuerySections(rawValue: 1 << 5)
    /// `$metadata` and `$version` of the reported properties.
    package static let reportedMetadata = QuerySections(rawValue: 1 << 6)
    /// Which configurations target the device, and their state there.
    package static let configurations = QuerySections(rawValue: 1 << 7)
    /// The whole twin.
    package static let all = QuerySections(rawValue: 0xFF)

    /// What must be read for a path.
    package init(of path: JSONPath) {
        guard case .name(let first)? = path.steps.first else {
            self = .all
            return
        }
        switch first {
        case "tags": self = .tags
        case "configurations": self = .configurations
        case "connectionState", "lastActivityTime", "cloudToDeviceMessageCount": self = .connection
        case "properties": self = QuerySections.properties(path.steps.dropFirst())
        default: self = .identity
        }
    }

    private static func properties(_ steps: ArraySlice<JSONPath.Step>) -> QuerySections {
        guard case .name(let section)? = steps.first else {
            return [.desired, .reported, .desiredMetadata, .reportedMetadata]
        }
        let (data, metadata): (QuerySections, QuerySections)
        switch section {
        case "desired": (data, metadata) = (.desired, .desiredMetadata)
        case "reported": (data, metadata) = (.reported, .reportedMetadata)
        default: return []
        }
        guard case .name(let name)? = steps.dropFirst().first else { return [data, metadata] }
        return name == "$metadata" || name == "$version" ? metadata : data
    }
}
