import DeviceHub
import HubProtocol
import Synchronization
import TelemetryModel

/// A device on a link of its own that answers direct methods at once and remembers what it is told.
final class AnsweringDevice: DeviceLink {
    let connectionID: UInt64
    let identity: IdentityID
    let modelID: String?
    private let hub: DeviceHub
    /// Status and payload; `nil`: it says nothing.
    private let answer: (status: Int, payload: String)?
    private let notes = Mutex<[String]>([])

    /// Connects, subscribed to everything.
    init(
        _ identity: IdentityID,
        on hub: DeviceHub,
        as connectionID: UInt64 = 1,
        model: String? = nil,
        answering answer: (status: Int, payload: String)? = nil
    ) {
        self.connectionID = connectionID
        self.identity = identity
        self.modelID = model
        self.hub = hub
        self.answer = answer
        hub.opened(self, subscriptions: [.methods, .twinAnswers, .desiredPatches, .devicebound])
    }

    /// `topic payload` of everything published to it, in order; request ids are left out.
    var received: [String] { self.notes.withLock { $0 } }

    func publish(
        topic: String,
        payload: [UInt8],
        requiring subscription: HubSubscriptions,
        answering requestID: String?
    ) {
        let place = topic.prefix { $0 != "?" }
        self.notes.withLock { $0.append("\(place) \(String(decoding: payload, as: UTF8.self))") }
        guard subscription == .methods, let answer = self.answer, let mark = topic.firstRange(of: "$rid=") else {
            return
        }
        let requestID = String(topic[mark.upperBound...])
        self.hub.received(
            HubRequest(.methodAnswer(status: answer.status), requestID: requestID),
            payload: Array(answer.payload.utf8),
            on: self
        )
    }

    func deliver(topic: String, payload: [UInt8], ended: @escaping @Sendable (_ isAcknowledged: Bool) -> Void) {
        // Never acknowledged.
        self.notes.withLock { $0.append("\(topic) \(String(decoding: payload, as: UTF8.self))") }
    }
}
