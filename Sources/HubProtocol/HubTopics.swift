package import TelemetryModel

/// The hub's topics of one identity; made once per connection.
///
/// Source: contract iothub-mqtt section 10. Ids in topics are not percent-encoded.
package struct HubTopics: Sendable {
    /// What a PUBLISH to a topic asks for.
    package enum PublishTarget: Equatable, Sendable {
        /// The identity's telemetry; its property bag begins at this byte of the topic.
        case telemetry(bagOffset: Int)
        /// A request about the identity's twin, or the answer to a method.
        case request(HubRequest)
        /// A topic that is not the identity's.
        case foreign
    }

    /// `devices/{d}/messages/events/` or `devices/{d}/modules/{m}/messages/events/`, UTF-8.
    package let telemetryPrefix: [UInt8]
    private let identity: IdentityID

    /// The topics of one identity. Every connection has one: nothing is made that is seldom asked for.
    package init(identity: IdentityID) {
        self.identity = identity
        let device = "devices/\(identity.device)"
        let sender = identity.module.map { "\(device)/modules/\($0)" } ?? device
        self.telemetryPrefix = Array("\(sender)/messages/events/".utf8)
    }

    /// What a PUBLISH to `topic` asks for; the bag may be missing together with its `/`.
    package func publishTarget(of topic: UnsafeRawBufferPointer) -> PublishTarget {
        let length = self.telemetryPrefix.count
        if topic.count >= length - 1, topic.prefix(length).elementsEqual(self.telemetryPrefix.prefix(topic.count)) {
            return .telemetry(bagOffset: min(topic.count, length))
        }
        guard topic.starts(with: HubTopics.requestPrefix), let request = HubRequest(topic: topic) else {
            return .foreign
        }
        return .request(request)
    }

    /// Whose telemetry a topic is, and where its property bag begins; `nil` when it is none.
    ///
    /// Only the identity itself may publish to it, and no permission grants it: who it was has been checked before.
    package static func sender(ofTelemetry topic: some Collection<UInt8>) -> (identity: IdentityID, bagOffset: Int)? {
        let parts = topic.split(separator: UInt8(ascii: "/"), maxSplits: 6, omittingEmptySubsequences: false)
        let isOfModule = parts.count > 2 && parts[2].elementsEqual("modules".utf8)
        let names = isOfModule ? 4 : 2
        guard parts.count >= names + 2, parts[0].elementsEqual("devices".utf8),
            parts[names].elementsEqual("messages".utf8), parts[names + 1].elementsEqual("events".utf8),
            let device = String(validating: parts[1], as: UTF8.self)
        else { return nil }
        var module: String?
        if isOfModule {
            guard let text = String(validating: parts[3], as: UTF8.self) else { return nil }
            module = text
        }
        guard let identity = IdentityID(device: device, module: module) else { return nil }
        let prefix = parts.prefix(names + 2).reduce(0) { $0 + $1.count + 1 }
        return (identity, min(prefix, topic.count))
    }

    /// Whether the identity may subscribe to `filter`.
    package func grants(subscription filter: String) -> Bool { !self.subscription(filter).isEmpty }

    /// What the identity gets by subscribing to `filter`; nothing when the filter is not one of its hub topics.
    package func subscription(_ filter: String) -> HubSubscriptions {
        if let shared = HubTopics.sharedFilters[filter] { return shared }
        let device = "devices/\(self.identity.device)"
        guard let module = self.identity.module else {
            return filter == "\(device)/messages/devicebound/#" ? .devicebound : []
        }
        let isInputs = filter == "\(device)/modules/\(module)/inputs/#" || filter == "\(device)/modules/\(module)/#"
        return isInputs ? .inputs : []
    }

    /// The only filter of a connection to the provisioning service. Source: contract provisioning section 3.
    package static let registrationFilter = "$dps/registrations/res/#"

    /// Filters that every identity may subscribe to.
    private static let sharedFilters: [String: HubSubscriptions] = [
        "$iothub/methods/POST/#": .methods, "$iothub/twin/res/#": .twinAnswers,
        "$iothub/twin/PATCH/properties/desired/#": .desiredPatches,
    ]

    private static let requestPrefix = Array("$iothub/".utf8)
}
