import DeviceHub
import HubProtocol
import MQTTServer
import NIOCore
import TelemetryModel

/// The provisioning service as the MQTT server knows it: a request becomes a task, its answer goes back on the link.
struct ProvisioningConnections: RegistrationServing {
    let service: ProvisioningService

    func received(_ request: HubRequest, payload: ByteBuffer, on link: RegistrationLink) {
        guard case .registration = link.event.principal, let id = RegistrationID(link.event.clientID) else { return }
        switch request.kind {
        case .register:
            guard let proof = RegistrationAttributes.proof(link.event.attributes) else { return }
            // As many at a time as the service takes: it refuses the others at once.
            Task {
                let body = Array(payload.readableBytesView)
                ProvisioningConnections.send(
                    await self.service.register(id, proof: proof, body: body),
                    to: request,
                    on: link
                )
            }
        case .registrationStatus(let operation):
            ProvisioningConnections.send(self.service.status(operation, of: id), to: request, on: link)
        case .twinGet, .reportedPatch, .methodAnswer:
            break  // the server hands on what is the service's only
        }
    }

    private static func send(_ answer: ProvisioningAnswer, to request: HubRequest, on link: RegistrationLink) {
        let topic = HubAnswerTopic.provisioning(
            status: answer.status,
            requestID: request.requestID,
            retryAfterSeconds: answer.retryAfterSeconds
        )
        link.publish(topic: topic, payload: ByteBuffer(bytes: answer.body))
    }
}
