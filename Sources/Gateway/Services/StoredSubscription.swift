import FoundationEssentials
import MQTTProtocol

/// A subscription as a session's row in the registry keeps it: `{"filter":"a/#","options":1,"id":7}`.
///
/// `options` is the byte of SUBSCRIBE, `id` the subscription identifier where there is one.
/// Spec: MQTT 5.0 §3.8.3.1.
struct StoredSubscription: Codable, Equatable {
    var filter: String
    var options: UInt8
    var id: UInt32?

    /// The text of a session's subscriptions.
    static func text(of subscriptions: [Subscription]) throws -> String {
        let entries = subscriptions.map {
            StoredSubscription(filter: $0.fullFilter, options: $0.options, id: $0.identifier)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }

    /// The subscriptions of a text; entries that no client can have made are left out.
    static func list(_ text: String) throws -> [Subscription] {
        try JSONDecoder().decode([StoredSubscription].self, from: Data(text.utf8)).compactMap {
            Subscription(fullFilter: $0.filter, options: $0.options, identifier: $0.id)
        }
    }
}
