import NIOCore

/// A CONNECT on its way to its session.
final class WaitingAttach: @unchecked Sendable {  // because only its event loop looks inside
    let slot: LoopSlot
    let request: AttachRequest
    let subscriber: any BrokerSubscriber
    private var answer: ((Result<Attachment, AttachError>) -> Void)?

    init(
        slot: LoopSlot,
        request: AttachRequest,
        subscriber: any BrokerSubscriber,
        answer: @escaping (Result<Attachment, AttachError>) -> Void
    ) {
        self.slot = slot
        self.request = request
        self.subscriber = subscriber
        self.answer = answer
    }

    /// Answers; on its event loop, once.
    func finish(_ result: Result<Attachment, AttachError>) {
        exchange(&self.answer, with: nil)?(result)
    }

    /// It is its turn: goes on on its event loop.
    func resume() {
        self.slot.eventLoop.execute { self.slot.loop.value.begin(self) }
    }

    /// A newer connection takes its place.
    func giveUp() {
        self.slot.eventLoop.execute { self.finish(.failure(.takenOver)) }
    }
}
