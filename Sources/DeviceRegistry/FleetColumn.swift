import TelemetryJSON

/// A member of a twin's service view that stands in a column, or that the caller knows, and needs no JSON to be read.
///
/// Source: contract twins section 1.
enum FleetColumn: String {
    case deviceID = "deviceId"
    case moduleID = "moduleId"
    case twinETag = "etag"
    case identityETag = "deviceEtag"
    case status
    case statusReason
    case statusUpdateTime
    case connectionState
    case connectionStateUpdatedTime
    case lastActivityTime
    case messageCount = "cloudToDeviceMessageCount"
    case authenticationType
    case modelID = "modelId"
    case version
    case isEdge = "capabilities.iotEdge"

    /// The column a path means; `nil` when it is no plain member of the view.
    init?(_ path: JSONPath) {
        if path.steps == [.name("capabilities"), .name("iotEdge")] {
            self = .isEdge
            return
        }
        guard path.steps.count == 1, case .name(let name) = path.steps[0], name != FleetColumn.isEdge.rawValue else {
            return nil
        }
        self.init(rawValue: name)
    }

    /// Whether it stands in table `identity`.
    var isOfIdentity: Bool {
        switch self {
        case .identityETag, .status, .statusReason, .statusUpdateTime, .authenticationType, .isEdge: true
        case .deviceID, .moduleID, .twinETag, .modelID, .version, .connectionState, .connectionStateUpdatedTime,
            .lastActivityTime, .messageCount:
            false
        }
    }

    /// Whether it stands in table `twin`.
    var isOfTwin: Bool {
        switch self {
        case .twinETag, .modelID, .version: true
        case .deviceID, .moduleID, .identityETag, .status, .statusReason, .statusUpdateTime, .connectionState,
            .connectionStateUpdatedTime, .lastActivityTime, .messageCount, .authenticationType, .isEdge:
            false
        }
    }
}
