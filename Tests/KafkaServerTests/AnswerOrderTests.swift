import TestSupport
import Testing

@testable import KafkaServer

@Suite("answers in the order of requests, contract kafka §1")
struct AnswerOrderTests {
    @Test("an answer waits for those before it")
    func order() {
        var order = AnswerOrder<String>(limit: 8)
        let first = order.begin(isShared: true)
        let second = order.begin(isShared: true)
        #expect(order.complete(second, with: "b").isEmpty)
        #expect(order.complete(first, with: "a") == ["a", "b"])
        #expect(order.count == 0)
    }

    @Test("only Produce requests are in work together, up to the limit")
    func sharing() {
        var order = AnswerOrder<Int>(limit: 2)
        #expect(order.mayBegin(isShared: false))
        _ = order.begin(isShared: true)
        #expect(order.mayBegin(isShared: true))
        #expect(!order.mayBegin(isShared: false))
        _ = order.begin(isShared: true)
        #expect(!order.mayBegin(isShared: true))
        var alone = AnswerOrder<Int>(limit: 2)
        let ticket = alone.begin(isShared: false)
        #expect(!alone.mayBegin(isShared: true))
        #expect(alone.complete(ticket, with: 1) == [1])
        #expect(alone.mayBegin(isShared: true))
    }

    @Test("completed in any order, a thousand answers leave in theirs, each once")
    func property() {
        var random = SeededGenerator.announced()
        var order = AnswerOrder<Int>(limit: 16)
        var open: [(AnswerOrder<Int>.Ticket, Int)] = []
        var begun = 0
        var left: [Int] = []
        while left.count < 1_000 {
            if begun < 1_000, order.mayBegin(isShared: true), Bool.random(using: &random) {
                open.append((order.begin(isShared: true), begun))
                begun += 1
            } else if !open.isEmpty {
                let (ticket, number) = open.remove(at: Int.random(in: 0..<open.count, using: &random))
                left += order.complete(ticket, with: number)
                #expect(order.complete(ticket, with: -1).isEmpty)
            }
        }
        #expect(left == Array(0..<1_000))
    }
}
