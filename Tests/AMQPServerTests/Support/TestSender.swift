import AMQPProtocol
import AMQPServer
import ServerTestSupport
import Synchronization

/// Takes messages, and answers when the test says so.
final class TestSender: CloudToDeviceSending {
    /// What came.
    let messages = Mailbox<CloudToDeviceMessage>("a message")
    private let answers = Mailbox<CloudToDeviceOutcome>("an outcome")
    /// The policies that sent.
    let principals = Mutex<[String]>([])

    /// Answers the next message, which may have come already.
    func answer(_ outcome: CloudToDeviceOutcome) {
        self.answers.push(outcome)
    }

    func send(_ message: CloudToDeviceMessage, from principal: String) async -> CloudToDeviceOutcome {
        self.principals.withLock { $0.append(principal) }
        self.messages.push(message)
        return (try? await self.answers.next()) ?? .unavailable
    }
}
