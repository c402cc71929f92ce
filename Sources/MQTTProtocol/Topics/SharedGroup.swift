/// The members of one shared subscription: name and filter. Each message goes to one of them. Spec: MQTT 5.0 §4.8.2.
///
/// Belongs to its ``SubscriptionTree`` and is used under the same protection as that.
package final class SharedGroup<Subscriber: AnyObject> {
    package let name: String
    var members = SubscriberList<Subscriber>()
    private var cursor = 0

    init(name: String) {
        self.name = name
    }

    package var count: Int { self.members.entries.count }

    /// The member whose turn it is among those that can take a message; the next call goes on behind it.
    ///
    /// - Parameter isAble: asked for each member at most once, in turn; such as whether it is connected.
    /// - Returns: `nil` when no member can.
    package func next(where isAble: (Subscriber) -> Bool) -> Match<Subscriber>? {
        let entries = self.members.entries
        for distance in 0..<entries.count {
            let position = (self.cursor + distance) % entries.count
            guard isAble(entries[position].subscriber) else { continue }
            self.cursor = (position + 1) % entries.count
            return entries[position].match
        }
        return nil
    }
}
