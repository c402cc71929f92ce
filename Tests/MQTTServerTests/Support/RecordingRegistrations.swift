import HubProtocol
import MQTTServer
import NIOCore
import ServerTestSupport

/// Hands what devices ask that register to the test, which answers on the link.
final class RecordingRegistrations: RegistrationServing {
    let requests = Mailbox<(request: HubRequest, payload: String, link: RegistrationLink)>("a registration's request")

    func received(_ request: HubRequest, payload: ByteBuffer, on link: RegistrationLink) {
        self.requests.push((request, String(buffer: payload), link))
    }
}
