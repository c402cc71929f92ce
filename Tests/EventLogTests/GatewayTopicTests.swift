import LogFormat
import Synchronization
import Testing

@testable import EventLog

@Suite("The gateway's own topics show the log's times; a fence without a writer is told")
struct GatewayTopicTests {
    @Test(
        "timestamp=create is refused for them, whoever asks, and theirs is append when the default is create",
        arguments: [
            ("telemetry", true), ("twin-changes", true), ("lifecycle", true), ("commands", true), ("alerts", true),
            ("dead-letter", true), ("windows", true), ("_own", true), ("orders", false), ("telemetry2", false),
        ]
    )
    func createTime(name: String, isRefused: Bool) throws {
        let create = TopicSettings(timestampType: .createTime)
        let log = try makeLog(SimulatedDisk(seed: 1), settings: create)
        defer { log.close() }
        if isRefused {
            let refusal = EventLogError.invalidSettings(
                topic: name,
                detail: "timestamp create: the gateway's own topics show append times"
            )
            #expect(throws: refusal) { try log.createTopic(name, settings: create) }
            _ = try log.openTopic(name)
            #expect(throws: refusal) { try log.configureTopic(name, settings: create) }
            #expect(log.topic(named: name)?.settings.timestampType == .logAppendTime)
        } else {
            #expect(try log.openTopic(name).settings.timestampType == .createTime)
            try log.configureTopic(name, settings: create)
        }
    }

    @Test("who waits, who was held back and who observes hear of a topic whose writer thread cannot start")
    func noThread() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let fenced = Mutex(0)
        log.onFence { _, _ in fenced.withLock { $0 += 1 } }
        let topic = try log.openTopic("t")
        let observed = Mutex(0)
        let observation = topic.observeCommits { observed.withLock { $0 += 1 } }
        let waiting = Task { await topic.waitForRecords(after: topic.end) }
        let notices = Notices()
        let heldBack = AppenderRegistration(onCommit: notices.callback)
        topic.state.withLock { $0.heldBack.append(heldBack) }
        // What startWriter does when the system says no.
        topic.tell(topic.state.withLock { $0.fence(FenceReason(message: "no thread", isDiskFull: false)) })
        await waiting.value
        #expect(notices.received.map(\.outcome) == [.failed(reason: "no thread")])
        #expect(observed.withLock { $0 } == 1 && fenced.withLock { $0 } == 1)
        #expect(topic.status == .fenced(reason: "no thread"))
        withExtendedLifetime(observation) {}
        try log.reopenTopic("t")
        try await topic.append(values: ["a"])
    }
}
