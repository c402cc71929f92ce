/// A topic of Sparkplug B: `spBv1.0/{group}/{type}/{node}[/{device}]`, or `spBv1.0/STATE/{host}`.
///
/// Source: Sparkplug 3.0 section 4.1.
package struct SparkplugTopic: Hashable, Sendable {
    /// The message types.
    package enum MessageType: String, Sendable {
        case nodeBirth = "NBIRTH"
        case nodeDeath = "NDEATH"
        case nodeData = "NDATA"
        case nodeCommand = "NCMD"
        case deviceBirth = "DBIRTH"
        case deviceDeath = "DDEATH"
        case deviceData = "DDATA"
        case deviceCommand = "DCMD"
        /// A host application says that it is there. Brokered and retained like any message; the gateway is no host
        /// application in the specification's sense and publishes none.
        case state = "STATE"

        /// Whether it reports something: commands and STATE do not.
        package var isTelemetry: Bool {
            switch self {
            case .nodeBirth, .nodeDeath, .nodeData, .deviceBirth, .deviceDeath, .deviceData: true
            case .nodeCommand, .deviceCommand, .state: false
            }
        }

        /// Whether its topic names a device. [tck-id-topic-structure]
        fileprivate var namesDevice: Bool {
            switch self {
            case .deviceBirth, .deviceDeath, .deviceData, .deviceCommand: true
            case .nodeBirth, .nodeDeath, .nodeData, .nodeCommand, .state: false
            }
        }
    }

    package var type: MessageType
    /// Empty for `STATE`.
    package var group: String
    /// The edge node; the host application for `STATE`.
    package var node: String
    package var device: String?

    /// A topic from its levels; `nil` when it is none of the specification's.
    init?(_ levels: [ArraySlice<UInt8>]) {
        let texts = levels.map { String(decoding: $0, as: UTF8.self) }
        guard texts.first == "spBv1.0", !texts.contains("") else { return nil }
        if texts.count == 3, texts[1] == MessageType.state.rawValue {
            (self.type, self.group, self.node) = (.state, "", texts[2])
            return
        }
        guard texts.count == 4 || texts.count == 5, let type = MessageType(rawValue: texts[2]), type != .state,
            type.namesDevice == (texts.count == 5)
        else { return nil }
        (self.type, self.group, self.node) = (type, texts[1], texts[3])
        self.device = texts.count == 5 ? texts[4] : nil
    }
}
