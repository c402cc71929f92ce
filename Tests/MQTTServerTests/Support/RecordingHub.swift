import HubProtocol
import MQTTServer
import NIOCore
import ServerTestSupport

/// Hands what devices ask to the test, which answers on the link.
final class RecordingHub: HubServing {
    let openings = Mailbox<(HubLink, HubSubscriptions)>("an opened link")
    let changes = Mailbox<HubSubscriptions>("a change of a link")
    let requests = Mailbox<(request: HubRequest, payload: String, link: HubLink)>("a request")
    let closings = Mailbox<HubLink>("a closed link")

    func opened(_ link: HubLink, subscriptions: HubSubscriptions) { self.openings.push((link, subscriptions)) }
    func changed(_ link: HubLink, subscriptions: HubSubscriptions) { self.changes.push(subscriptions) }
    func closed(_ link: HubLink) { self.closings.push(link) }

    func received(_ request: HubRequest, payload: ByteBuffer, on link: HubLink) {
        self.requests.push((request, String(buffer: payload), link))
    }
}
