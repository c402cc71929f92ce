import Testing

@testable import GatewayAPI

@Suite("How long an HTTP connection may take")
struct ConnectionDeadlinesTests {
    private var deadlines = ConnectionDeadlines(requestTimeout: .seconds(30), stallTimeout: .seconds(600))

    @Test("a connection that waits for nothing has no deadline")
    func idle() {
        #expect(self.deadlines.next == nil)
        #expect(!self.deadlines.isOver(at: .seconds(1_000_000)))
    }

    @Test("a request that does not arrive whole within 30 s ends the connection")
    mutating func slowRequest() {
        self.deadlines.requestBegan(at: .seconds(100))
        #expect(self.deadlines.next == .seconds(130))
        #expect(!self.deadlines.isOver(at: .milliseconds(129_999)))
        #expect(self.deadlines.isOver(at: .seconds(130)))
    }

    @Test("a request that has arrived may be answered for as long as it takes")
    mutating func slowAnswer() {
        self.deadlines.requestBegan(at: .seconds(100))
        self.deadlines.requestEnded()
        #expect(self.deadlines.next == nil)
        self.deadlines.answerEnded(at: .seconds(9_999))
        #expect(self.deadlines.next == nil)
    }

    @Test("a body that still comes after its answer has two seconds, but not beyond the first deadline")
    mutating func answeredEarly() {
        self.deadlines.requestBegan(at: .seconds(100))
        self.deadlines.answerEnded(at: .seconds(101))
        #expect(self.deadlines.next == .seconds(103))
        self.deadlines.requestEnded()
        #expect(self.deadlines.next == nil)
        self.deadlines.requestBegan(at: .seconds(200))
        self.deadlines.answerEnded(at: .seconds(229))
        #expect(self.deadlines.next == .seconds(230))
    }

    @Test("an answer to the first of two pipelined requests does not shorten the second")
    mutating func pipelined() {
        self.deadlines.requestBegan(at: .seconds(100))
        self.deadlines.requestEnded()
        self.deadlines.requestBegan(at: .seconds(101))
        self.deadlines.answerEnded(at: .seconds(102))
        #expect(self.deadlines.next == .seconds(131))
    }

    @Test("an answer that is not taken for 600 s ends the connection, one that is taken in time does not")
    mutating func stall() {
        self.deadlines.writabilityChanged(to: false, at: .seconds(100))
        #expect(self.deadlines.next == .seconds(700))
        #expect(self.deadlines.isOver(at: .seconds(700)))
        self.deadlines.writabilityChanged(to: true, at: .seconds(699))
        #expect(self.deadlines.next == nil)
    }

    @Test("the earlier of two deadlines counts")
    mutating func both() {
        self.deadlines.writabilityChanged(to: false, at: .seconds(100))
        self.deadlines.requestBegan(at: .seconds(100))
        #expect(self.deadlines.next == .seconds(130))
        self.deadlines.requestEnded()
        #expect(self.deadlines.next == .seconds(700))
    }
}
