package import HubProtocol
package import NIOCore

/// Answers what devices ask that register; implemented where the server meets the provisioning service.
package protocol RegistrationServing: Sendable {
    /// A registration, or a question for its state; its PUBACK is on its way, its answer is published on the link later.
    ///
    /// Called on event loops, of one link in the order of its packets: returns at once and never waits. The connection
    /// may end at any time, and is not told of.
    func received(_ request: HubRequest, payload: ByteBuffer, on link: RegistrationLink)
}
