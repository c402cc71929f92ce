package import HubProtocol
package import NIOCore

/// Answers what devices and modules ask on the hub's topics; implemented where the server meets the hub.
///
/// Called on event loops: returns at once and never waits. Of one link the calls come in the order of its packets, and
/// `closed` is the last.
package protocol HubServing: Sendable {
    /// CONNECT of an identity was accepted; a resumed session brings its subscriptions.
    func opened(_ link: HubLink, subscriptions: HubSubscriptions)
    /// SUBSCRIBE or UNSUBSCRIBE changed what the link gets; it is answered already.
    func changed(_ link: HubLink, subscriptions: HubSubscriptions)
    /// A request; its PUBACK is on its way, its answer is published on the link later.
    func received(_ request: HubRequest, payload: ByteBuffer, on link: HubLink)
    /// The connection ended.
    func closed(_ link: HubLink)
}
