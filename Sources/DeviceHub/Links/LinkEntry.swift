internal import Synchronization

/// One open connection as the hub sees it.
final class LinkEntry: Sendable {
    let link: any DeviceLink
    let lane = Mutex(LinkLane<TwinRequest>())
    /// Refused requests whose answer is held back.
    let heldBack = Atomic<Int>(0)

    init(_ link: any DeviceLink) {
        self.link = link
    }
}
