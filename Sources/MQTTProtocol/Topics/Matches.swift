/// Who gets a message to one topic; true until the tree's ``SubscriptionTree/generation`` changes.
package struct Matches<Subscriber: AnyObject> {
    /// Each subscriber once, whatever number of its subscriptions match.
    package internal(set) var direct: [Match<Subscriber>] = []
    /// One member of each gets the message. [MQTT-4.8.2-4]
    package internal(set) var groups: [SharedGroup<Subscriber>] = []

    package var isEmpty: Bool { self.direct.isEmpty && self.groups.isEmpty }
}
