import EventLog
import NIOPosix
import TestSupport
import Testing

@testable import MQTTServer

extension BrokerBench {
    /// Whether the journal takes nothing.
    var isFenced: Bool { self.broker?.topic.unavailability != nil }

    /// Opens the journal again, and waits until what was kept is in it, though nobody publishes.
    func reopen() async throws {
        try await eventually { self.isFenced }
        self.files.revive()
        let (log, topic) = (try #require(self.log), try #require(self.broker?.topic))
        let end = topic.endOffsets[0]
        try await NIOThreadPool.singleton.runIfActive { try log.reopenTopic(topic.name) }
        try await eventually { topic.endOffsets[0] > end }
    }
}
