/// The three parts of a twin that are written.
package enum TwinSectionName: Sendable {
    case tags
    case desired
    case reported

    /// Where the section stands in the service's view of a twin.
    package var path: String {
        switch self {
        case .tags: "tags"
        case .desired: "properties.desired"
        case .reported: "properties.reported"
        }
    }

    /// Its largest ``TwinSize/counted``.
    package var sizeMax: Int {
        switch self {
        case .tags: TwinLimits.tagsSizeMax
        case .desired, .reported: TwinLimits.propertiesSizeMax
        }
    }

    /// Its largest ``TwinSize/weight``.
    package var weightMax: Int { self.sizeMax * TwinLimits.weightFactor }

    /// Whether it has `$metadata` and `$version`, which a program may send back and which are then ignored.
    package var hasMetadata: Bool {
        switch self {
        case .tags: false
        case .desired, .reported: true
        }
    }
}
