import EdgeAgent
import EdgeCore
import Testing

@Suite("the outbox between workers, uplink and spool")
struct OutboxTests {
    private func outbox(bytes: Int) -> Outbox {
        var settings = Delivery.Settings()
        settings.bufferSizeMaxBytes = bytes
        return Outbox(epoch: 1, settings: settings, hasSpool: false, clock: SystemClock())
    }

    private func reading(_ body: [UInt8]) -> Reading {
        Reading(instant: BootInstant(milliseconds: 0), body: body)
    }

    @Test("the first dropped reading is news, the next are not; all are counted")
    func dropping() {
        let outbox = self.outbox(bytes: 300)
        let news = (0..<6).map { _ in outbox.append(self.reading([1, 2, 3, 4])) }
        #expect(news == [false, false, false, true, false, false])
        #expect(outbox.status.waitingReadings == 3)
        #expect(outbox.status.dropped == [.memory: 3])
        #expect(outbox.summary.dropped == 3)
    }

    @Test("many writers lose nothing and overwrite nothing")
    func concurrency() {
        let outbox = self.outbox(bytes: 10_000_000)
        let threads = (0..<4).map { index in
            NamedThread("writer-\(index)") {
                for _ in 0..<2_000 {
                    _ = outbox.append(self.reading([UInt8(index)]))
                    outbox.countReadErrors(1)
                }
            }
        }
        for thread in threads { #expect(thread.wait(atMost: .seconds(60))) }
        #expect(outbox.status.waitingReadings == 8_000)
        #expect(outbox.summary.readErrors == 8_000)
    }
}
