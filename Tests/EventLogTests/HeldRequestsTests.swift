import LogFormat
import LogTestSupport
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import EventLog

@Suite("Producers' requests that wait for room")
struct HeldRequestsTests {
    @Test("first in, first out, whatever the order of adding and removing")
    func order() throws {
        var random = SeededGenerator.announced()
        var held = HeldRequests()
        var model: [Int] = []
        for number in 0..<2_000 {
            if Int.random(in: 0..<5, using: &random) < (number < 1_000 ? 3 : 2) {
                let batch = try checked(BatchFixture(), partition: number)
                held.append(ProduceRequest(batches: [batch], answer: { _ in }))
                model.append(number)
            } else if !model.isEmpty {
                #expect(held.first?.batches[0].partition == model.removeFirst())
                held.removeFirst()
            }
            #expect(held.isEmpty == model.isEmpty)
        }
        #expect(held.all.map { $0.batches[0].partition } == model)
        held.removeAll()
        held.removeFirst()
        #expect(held.isEmpty && held.first == nil && held.all.isEmpty)
    }

    @Test("one sync lets in half of the room at most: the lock is soon free, and appenders find room too")
    func halfOfTheRoom() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, segmentBytesMax: 64 << 20, pendingBytesMax: 1 << 20)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let answers = Answers()
        topic.produce([try checked(BatchFixture())], then: answers.callback)
        #expect(gate.waitForArrival())
        let value = String(repeating: "v", count: 100_000)
        for _ in 0..<40 { topic.produce([try checked(BatchFixture(values: [value]))], then: answers.callback) }
        #expect(topic.isBackedUp)
        gate.open()
        #expect(gate.waitForArrival(), "what had room")
        gate.open()
        #expect(gate.waitForArrival(), "the first of those that were held back")
        #expect(!topic.isBackedUp)
        gate.open(1_000)
        var offsets: [Int64] = []
        for _ in 0..<41 {
            guard case .stored(let offset, _) = await answers.next().first else { break }
            offsets.append(offset)
        }
        #expect(offsets == Array(0..<41))
    }
}
