import AMQPProtocol
import AMQPServer
import DeviceHub
import HubProtocol

/// Puts the messages of AMQP's service clients into their devices' queues.
struct AMQPMessages: CloudToDeviceSending {
    private let messages: MessageService

    /// The queues of `messages`.
    init(messages: MessageService) {
        self.messages = messages
    }

    func send(_ message: CloudToDeviceMessage, from principal: String) async -> CloudToDeviceOutcome {
        let author = "policy:\(principal)"
        do throws(HubError) {
            try await self.messages.send(message, author: author)
            return .accepted
        } catch {
            guard error.code == .deviceNotFound, let written = message.deviceWritten else { return .init(error) }
            var other = message
            other.device = written
            other.deviceWritten = nil
            return await self.send(other, from: principal)
        }
    }
}

extension CloudToDeviceOutcome {
    fileprivate init(_ error: HubError) {
        switch error.code {
        case .deviceNotFound: self = .notFound
        case .queueFull: self = .queueFull
        case .argumentInvalid, .tooLarge: self = .refused(error.message)
        default: self = .unavailable
        }
    }
}
