import MQTTCodec
import NIOCore

/// A request to the hub whose PUBACK waits for its answer. A class, since few connections have one.
final class AwaitedAnswer {
    /// What is acknowledged; no more than its identifier.
    let publish: PublishPacket
    /// As the client wrote it.
    let requestID: String
    /// Ends the wait.
    let timer: Scheduled<Void>

    init(publish: PublishPacket, requestID: String, timer: Scheduled<Void>) {
        self.publish = publish
        self.requestID = requestID
        self.timer = timer
    }
}
