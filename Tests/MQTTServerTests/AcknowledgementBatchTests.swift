import NIOCore
import Testing

@testable import EventLog
@testable import MQTTServer

@Suite("A batch of acknowledgements waits for up to three logs")
struct AcknowledgementBatchTests {
    private static func notice(_ ticket: UInt64, isLost: Bool = false) -> CommitNotice {
        CommitNotice(ticket: ticket, outcome: isLost ? .failed(reason: "disk") : .synced)
    }

    @Test("it is complete when the notices of all its logs are in, in whatever order")
    func tickets() {
        var batch = AcknowledgementBatch()
        batch.telemetry.add(5)
        batch.journal.add(2)
        batch.deadLetters.add(1)
        // A notice of an earlier batch says nothing, and those behind wait with this one.
        var isPassed = batch.note(Self.notice(4), of: \.telemetry)
        #expect(!isPassed && !batch.isComplete)
        for path in [\AcknowledgementBatch.deadLetters, \.telemetry] {
            isPassed = batch.note(Self.notice(7), of: path)
            #expect(isPassed && !batch.isComplete)
        }
        isPassed = batch.note(Self.notice(2), of: \.journal)
        #expect(isPassed && batch.isComplete && !batch.isFailed)
    }

    /// The batch's own submit is 7, and it holds the repeat of a message in 5; `-` is a notice of a loss, after which the
    /// topic was opened again.
    @Test(
        "one that answers for an earlier submit too has failed when either is lost, and waits for the later one",
        arguments: [
            ("5+ 7+", false), ("7+", false), ("4- 7+", false), ("5- 7+", true), ("6- 7+", true), ("5+ 7-", true),
            ("5+ 6- 7+", true), ("9-", true),
        ]
    )
    func earlier(notices: String, isFailed: Bool) throws {
        var batch = AcknowledgementBatch()
        batch.telemetry.add(5)
        batch.telemetry.add(7)
        for notice in notices.split(separator: " ") {
            #expect(!batch.isComplete)
            let ticket = try #require(UInt64(notice.dropLast()))
            _ = batch.note(Self.notice(ticket, isLost: notice.hasSuffix("-")), of: \.telemetry)
        }
        #expect(batch.isComplete && batch.isFailed == isFailed)
    }

    @Test("one that waits for a Will only is not empty")
    func will() {
        var batch = AcknowledgementBatch()
        #expect(batch.isEmpty)
        batch.stagedAt = .now()
        #expect(!batch.isEmpty)
        batch.reset()
        #expect(batch.isEmpty && batch.isComplete)
    }
}
