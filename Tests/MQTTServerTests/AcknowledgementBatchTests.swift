import NIOCore
import Testing

@testable import EventLog
@testable import MQTTServer

@Suite("A batch of acknowledgements waits for up to three logs")
struct AcknowledgementBatchTests {
    private static func notice(_ ticket: UInt64) -> CommitNotice { CommitNotice(ticket: ticket, outcome: .synced) }

    @Test("it is complete when the notices of all its logs are in, in whatever order")
    func tickets() {
        var batch = AcknowledgementBatch()
        batch.ticket = 5
        batch.journalTicket = 2
        batch.deadLetterTicket = 1
        // A notice of an earlier batch says nothing, and those behind wait with this one.
        var isPassed = batch.note(Self.notice(4), of: \.ticket)
        #expect(!isPassed && !batch.isComplete)
        for path in [\AcknowledgementBatch.deadLetterTicket, \.ticket] {
            isPassed = batch.note(Self.notice(7), of: path)
            #expect(isPassed && !batch.isComplete)
        }
        isPassed = batch.note(Self.notice(2), of: \.journalTicket)
        #expect(isPassed && batch.isComplete && !batch.isFailed)
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
