/// The members of one shared subscription: name and filter. Each message goes to one of them. Spec: MQTT 5.0 §4.8.2.
///
/// Belongs to its ``SubscriptionTree`` and is used under the same protection as that.
package final class SharedGroup<Subscriber: AnyObject> {
    package let name: String
    var members = SubscriberList<Subscriber>()
    /// Members that may be connected: so none that is away is looked at with every message.
    private var awake = SubscriberList<Subscriber>()
    private var cursor = 0
    /// The same among ``awake``.
    private var awakeCursor = 0

    init(name: String) {
        self.name = name
    }

    /// Adds a member or replaces its options; whether it is new.
    func put(_ entry: SubscriberEntry<Subscriber>) -> Bool {
        _ = self.awake.put(entry)
        return self.members.put(entry)
    }

    /// Takes a member out; whether it was one.
    func remove(_ subscriber: Subscriber) -> Bool {
        _ = self.awake.remove(subscriber)
        return self.members.remove(subscriber)
    }

    /// A member is connected again.
    func wake(_ subscriber: Subscriber) {
        guard let entry = self.members.entry(of: subscriber) else { return }
        _ = self.awake.put(entry)
    }

    /// The connected member whose turn it is among those that can take a message.
    ///
    /// - Parameters:
    ///   - isAwake: whether a member is connected; one that is not is asked no more until it is said to be back.
    ///   - isAble: whether it can take the message.
    /// - Returns: `nil` when no connected member can.
    package func nextAwake(
        where isAwake: (Subscriber) -> Bool,
        and isAble: (Subscriber) -> Bool
    ) -> Match<Subscriber>? {
        var position = self.awakeCursor
        for _ in 0..<self.awake.entries.count {
            if position >= self.awake.entries.count { position = 0 }
            let entry = self.awake.entries[position]
            if !isAwake(entry.subscriber) {
                _ = self.awake.remove(entry.subscriber)
            } else if isAble(entry.subscriber) {
                self.awakeCursor = position + 1
                return entry.match
            } else {
                position += 1
            }
        }
        return nil
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
