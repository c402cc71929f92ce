internal import Synchronization

/// One open connection as the hub sees it.
final class LinkEntry: Sendable {
    let link: any DeviceLink
    let lane = Mutex(LinkLane<TwinRequest>())
    /// `$version` of the desired properties that the connection was told last. Held while it is told, and while a read is
    /// answered: a client takes an older answer behind a newer patch for the newer state.
    let desiredVersion = Mutex<Int64>(0)
    /// Refused requests whose answer is held back.
    let heldBack = Atomic<Int>(0)

    init(_ link: any DeviceLink) {
        self.link = link
    }
}
