import MQTTCodec
import MQTTProtocol
import Testing

@Suite("The sending side of QoS 1 and 2, MQTT 5.0 §4.3")
struct OutboundFlowTests {
    private typealias Flow = OutboundFlow<TestMessage>

    private func flow(receiveMaximum: Int = 65_535, qos: [QoS]) -> Flow {
        var flow = Flow(receiveMaximum: receiveMaximum)
        for (number, qos) in qos.enumerated() {
            let isQueued = flow.enqueue(TestMessage(number: number, qos: qos))
            #expect(isQueued)
        }
        return flow
    }

    @Test("QoS 1 is PUBLISH without DUP, and settled by PUBACK [MQTT-4.3.2-2] [MQTT-4.3.2-3]")
    func qos1() {
        var flow = self.flow(qos: [.atLeastOnce, .atLeastOnce])
        #expect(flow.allText() == ["p1 #0", "p2 #1"])
        #expect(flow.inFlight == 2)
        #expect(flow.puback(packetID: 2).text == "settled #1")
        #expect(flow.puback(packetID: 1).text == "settled #0")
        #expect(flow.puback(packetID: 1).text.isEmpty)
        #expect(flow.isIdle)
    }

    @Test("a message that is pushed goes before those that wait, when the window is open [MQTT-4.9.0-2]")
    func push() {
        var flow = self.flow(receiveMaximum: 2, qos: [.atLeastOnce])
        #expect(flow.isOpen)
        flow.push(TestMessage(number: 9, qos: .atLeastOnce))
        #expect(flow.allText() == ["p1 #9", "p2 #0"])
        #expect(!flow.isOpen)
        #expect(flow.puback(packetID: 1).text == "settled #9")
        #expect(flow.isOpen)
        flow.detach()
        #expect(!flow.isOpen)
        flow.attach(receiveMaximum: 2)
        // What is unanswered goes first.
        #expect(!flow.isOpen)
    }

    @Test("QoS 2 is PUBLISH, PUBREC, PUBREL after it is recorded, PUBCOMP [MQTT-4.3.3-2] [MQTT-4.3.3-4] [MQTT-4.3.3-5]")
    func qos2() {
        var flow = self.flow(qos: [.exactlyOnce])
        #expect(flow.allText() == ["p32768 #0"])
        #expect(flow.pubrec(packetID: 32_768).text == "record 32768")
        #expect(flow.pubrec(packetID: 32_768).text.isEmpty)
        #expect(flow.pubcomp(packetID: 32_768).text == "violation")
        #expect(flow.recorded(packetID: 32_768).text == "release 32768")
        #expect(flow.recorded(packetID: 32_768).text.isEmpty)
        #expect(flow.pubrec(packetID: 32_768).text == "release 32768")
        #expect(flow.pubcomp(packetID: 32_768).text == "settled #0")
        #expect(flow.pubcomp(packetID: 32_768).text.isEmpty)
        #expect(flow.isIdle)
    }

    @Test(
        "a PUBREC with 0x80 or more ends the exchange, one below goes on [MQTT-4.4.0-2]",
        arguments: [0x10, 0x80, 0x97] as [UInt8]
    )
    func pubrecError(reason: UInt8) {
        var flow = self.flow(receiveMaximum: 1, qos: [.exactlyOnce, .exactlyOnce])
        #expect(flow.allText() == ["p32768 #0"])
        let answer = flow.pubrec(packetID: 32_768, reason: ReasonCode(rawValue: reason)).text
        #expect(answer == (reason >= 0x80 ? "settled #0" : "record 32768"))
        #expect(flow.allText() == (reason >= 0x80 ? ["p32769 #1"] : []))
    }

    @Test("a PUBREC that nobody waits for is answered with 0x92, other answers not at all")
    func unknown() {
        var flow = Flow()
        #expect(flow.pubrec(packetID: 7).text == "release 7 146")
        #expect(flow.pubrec(packetID: 7, reason: .packetIDNotFound).text.isEmpty)
        #expect(flow.puback(packetID: 7).text.isEmpty)
        #expect(flow.pubcomp(packetID: 7).text.isEmpty)
        #expect(flow.recorded(packetID: 7).text.isEmpty)
    }

    @Test("an answer of the other QoS is a protocol error")
    func violations() {
        var flow = self.flow(qos: [.atLeastOnce, .exactlyOnce])
        #expect(flow.allText() == ["p1 #0", "p32768 #1"])
        #expect(flow.pubrec(packetID: 1).text == "violation")
        #expect(flow.pubcomp(packetID: 1).text == "violation")
        #expect(flow.puback(packetID: 32_768).text == "violation")
        #expect(flow.pubcomp(packetID: 32_768).text == "violation")
    }

    @Test("no more than the client's Receive Maximum is open, until PUBACK or PUBCOMP [MQTT-4.9.0-2]")
    func receiveMaximum() {
        var flow = self.flow(receiveMaximum: 2, qos: [.exactlyOnce, .atLeastOnce, .atLeastOnce, .atLeastOnce])
        #expect(flow.allText() == ["p32768 #0", "p1 #1"])
        #expect(flow.pubrec(packetID: 32_768).text == "record 32768")
        #expect(flow.recorded(packetID: 32_768).text == "release 32768")
        #expect(flow.allText() == [])
        #expect(flow.puback(packetID: 1).text == "settled #1")
        #expect(flow.allText() == ["p2 #2"])
        #expect(flow.pubcomp(packetID: 32_768).text == "settled #0")
        #expect(flow.allText() == ["p3 #3"])
        #expect(flow.queued == 0)
    }

    @Test("identifiers go round 1 to 32767 and 32768 to 65535, past those in use [MQTT-2.2.1-4]")
    func identifiers() {
        var flow = self.flow(qos: [.atLeastOnce, .exactlyOnce])
        #expect(flow.allText() == ["p1 #0", "p32768 #1"])
        for number in 2...65_535 {
            let qos: QoS = number.isMultiple(of: 2) ? .atLeastOnce : .exactlyOnce
            _ = flow.enqueue(TestMessage(number: number, qos: qos))
            guard case .publish(_, let packetID, _) = flow.next() else {
                Issue.record("message \(number) is not sent")
                return
            }
            if qos == .atLeastOnce {
                guard (2...32_767).contains(packetID), case .settled = flow.puback(packetID: packetID) else {
                    Issue.record("QoS 1 with \(packetID)")
                    return
                }
            } else {
                guard packetID > 32_768, case .settled = flow.pubrec(packetID: packetID, reason: .unspecifiedError)
                else {
                    Issue.record("QoS 2 with \(packetID)")
                    return
                }
            }
        }
    }

    @Test("when all identifiers are in use, the next message waits for one")
    func allIdentifiers() {
        var flow = Flow()
        for number in 0..<32_768 { _ = flow.enqueue(TestMessage(number: number)) }
        #expect(flow.allText().count == 32_767)
        #expect(flow.puback(packetID: 20_000).text == "settled #19999")
        #expect(flow.allText() == ["p20000 #32767"])
    }

    @Test("a message that brings its identifier keeps it, and waits while it is in use")
    func fixedIdentifier() {
        var flow = Flow()
        for number in 0..<2 {
            _ = flow.enqueue(TestMessage(number: number, qos: .exactlyOnce, fixedPacketID: 40_000))
        }
        #expect(flow.allText() == ["p40000 #0"])
        #expect(flow.pubrec(packetID: 40_000, reason: .unspecifiedError).text == "settled #0")
        #expect(flow.allText() == ["p40000 #1"])
    }

    @Test(
        "after a reconnect PUBREL goes in the order of PUBREC, then PUBLISH with DUP in its first order [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-4.6.0-4]"
    )
    func resend() {
        var flow = self.flow(qos: [.exactlyOnce, .atLeastOnce, .exactlyOnce, .atLeastOnce, .exactlyOnce])
        #expect(flow.allText() == ["p32768 #0", "p1 #1", "p32769 #2", "p2 #3", "p32770 #4"])
        _ = flow.pubrec(packetID: 32_770)
        _ = flow.pubrec(packetID: 32_768)
        _ = flow.recorded(packetID: 32_768)
        _ = flow.recorded(packetID: 32_770)
        _ = flow.enqueue(TestMessage(number: 5))
        flow.detach()
        #expect(flow.allText() == [])
        _ = flow.enqueue(TestMessage(number: 6))
        flow.attach(receiveMaximum: 10)
        #expect(
            flow.allText() == ["r32770", "r32768", "p1 #1 dup", "p32769 #2 dup", "p2 #3 dup", "p3 #5", "p4 #6"]
        )
        #expect(flow.messages.map { $0.number } == [1, 2, 3, 4, 0, 5, 6])
    }

    @Test("what is being recorded when the client comes back is not sent again before it is recorded [MQTT-4.3.3-6]")
    func recordingAtReconnect() {
        var flow = self.flow(qos: [.exactlyOnce, .exactlyOnce])
        _ = flow.allText()
        _ = flow.pubrec(packetID: 32_768)
        _ = flow.pubrec(packetID: 32_769)
        flow.detach()
        #expect(flow.recorded(packetID: 32_768).text.isEmpty)
        flow.attach(receiveMaximum: 10)
        #expect(flow.allText() == ["r32768"])
        #expect(flow.recorded(packetID: 32_769).text == "release 32769")
        #expect(flow.pubcomp(packetID: 32_769).text == "settled #1")
    }

    @Test("a smaller Receive Maximum holds for what is sent again, too, but not for PUBREL [MQTT-4.9.0-2]")
    func smallerMaximum() {
        var flow = self.flow(qos: [.exactlyOnce, .atLeastOnce, .atLeastOnce, .atLeastOnce])
        _ = flow.allText()
        _ = flow.pubrec(packetID: 32_768)
        _ = flow.recorded(packetID: 32_768)
        flow.detach()
        flow.attach(receiveMaximum: 1)
        #expect(flow.allText() == ["r32768"])
        #expect(flow.pubcomp(packetID: 32_768).text == "settled #0")
        #expect(flow.allText() == ["p1 #1 dup"])
        #expect(flow.puback(packetID: 1).text == "settled #1")
        #expect(flow.allText() == ["p2 #2 dup"])
    }

    @Test("an answer that comes before its PUBLISH was sent again counts, and its identifier may be used again")
    func earlyAnswer() {
        var flow = self.flow(qos: [.atLeastOnce, .exactlyOnce])
        _ = flow.allText()
        flow.detach()
        flow.attach(receiveMaximum: 1)
        #expect(flow.pubrec(packetID: 32_768).text == "record 32768")
        #expect(flow.puback(packetID: 1).text == "settled #0")
        #expect(flow.allText() == [])
        #expect(flow.recorded(packetID: 32_768).text == "release 32768")
        #expect(flow.pubcomp(packetID: 32_768).text == "settled #1")
        #expect(flow.isIdle)
    }

    @Test("after a restart, what the client has gets PUBREL, what it perhaps has gets DUP, with their identifiers")
    func recovery() {
        var flow = Flow()
        flow.detach()
        flow.recover(received: TestMessage(number: 0, qos: .exactlyOnce, fixedPacketID: 50_000), packetID: 50_000)
        _ = flow.enqueue(TestMessage(number: 1, qos: .exactlyOnce, fixedPacketID: 50_001), perhapsSent: true)
        _ = flow.enqueue(TestMessage(number: 2))
        flow.attach(receiveMaximum: 10)
        #expect(flow.allText() == ["r50000", "p50001 #1 dup", "p1 #2"])
        #expect(flow.pubcomp(packetID: 50_000).text == "settled #0")
    }

    @Test("the queue is full at its messages, those in flight not counted", arguments: [(3, true), (4, false)])
    func queueMessages(count: Int, isRoom: Bool) {
        var flow = Flow(receiveMaximum: 1, messagesMax: 3)
        _ = flow.enqueue(TestMessage(number: 0))
        _ = flow.allText()
        var answers: [Bool] = []
        for number in 1...count { answers.append(flow.enqueue(TestMessage(number: number))) }
        #expect(answers.last == isRoom)
        #expect(flow.queued == 3)
    }

    @Test("the queue is full at its bytes, which one message may pass; what can be read again needs none")
    func queueBytes() {
        var flow = Flow(receiveMaximum: 1, bytesMax: 250)
        var answers: [Bool] = []
        for number in 0..<3 { answers.append(flow.enqueue(TestMessage(number: number))) }
        #expect(answers == [true, true, false])
        #expect(flow.queuedBytes == 200)
        let isStored = flow.enqueue(TestMessage(number: 3, isStored: true))
        #expect(isStored)
        #expect(flow.queuedBytes == 200)
        #expect(flow.allText() == ["p1 #0"])
        #expect(flow.queuedBytes == 100)

        var small = Flow(bytesMax: 10)
        let first = small.enqueue(TestMessage(number: 0))
        let second = small.enqueue(TestMessage(number: 1))
        #expect(first)
        #expect(!second)
    }

    @Test("bodies are asked for in one piece, at most 64, and nothing overtakes them")
    func bodies() {
        var flow = Flow(receiveMaximum: 1_000)
        for number in 0..<70 { _ = flow.enqueue(TestMessage(number: number, isStored: true, hasBody: false)) }
        guard case .needsBody(let messages, let ticket) = flow.next() else {
            Issue.record("no bodies are asked for")
            return
        }
        #expect(messages.map { $0.number } == Array(0..<64))
        #expect(flow.nextText().isEmpty)
        // Only two are supplied: the first has expired.
        let isSupplied = flow.supply([nil, messages[1].loaded], for: ticket)
        #expect(isSupplied)
        #expect(flow.queuedBytes == 100)
        let again = flow.supply([nil], for: ticket)
        #expect(!again)
        #expect(flow.nextText() == "p1 #1")
        #expect(flow.queuedBytes == 0)
        #expect(flow.nextText() == "load " + (2..<66).map { "#\($0)" }.joined(separator: " "))
    }

    @Test("bodies that come after the connection ended are not taken")
    func lateBodies() {
        var flow = Flow()
        _ = flow.enqueue(TestMessage(number: 0, isStored: true, hasBody: false))
        guard case .needsBody(let messages, let ticket) = flow.next() else {
            Issue.record("no bodies are asked for")
            return
        }
        flow.detach()
        flow.attach(receiveMaximum: 1)
        let isTaken = flow.supply([messages[0].loaded], for: ticket)
        #expect(!isTaken)
        #expect(flow.nextText() == "load #0")
    }

    @Test("what is sent again and was not kept is read again first")
    func resendBodies() {
        var flow = Flow()
        for number in 0..<3 { _ = flow.enqueue(TestMessage(number: number, isStored: true)) }
        #expect(flow.allText() == ["p1 #0", "p2 #1", "p3 #2"])
        flow.detach()
        flow.attach(receiveMaximum: 10)
        guard case .needsBody(let messages, let ticket) = flow.next() else {
            Issue.record("no bodies are asked for")
            return
        }
        #expect(messages.map { $0.number } == [0, 1, 2])
        #expect(flow.puback(packetID: 2).text == "settled #1")
        let isSupplied = flow.supply([messages[0].loaded, messages[1].loaded, nil], for: ticket)
        #expect(isSupplied)
        #expect(flow.allText() == ["p1 #0 dup"])
        #expect(flow.inFlight == 1)
    }

    @Test("a queue handed over lets bodies go that can be read again")
    func handOver() {
        var flow = Flow(receiveMaximum: 1)
        for number in 0..<4 { _ = flow.enqueue(TestMessage(number: number, isStored: number > 1)) }
        #expect(flow.nextText() == "p1 #0")
        #expect(flow.queuedBytes == 300)
        flow.detach()
        #expect(flow.queuedBytes == 100)
    }

    @Test("a PUBLISH too large for the client counts as sent [MQTT-3.1.2-25]")
    func discard() {
        var flow = self.flow(receiveMaximum: 1, qos: [.exactlyOnce, .atLeastOnce])
        #expect(flow.nextText() == "p32768 #0")
        flow.discard(packetID: 32_768)
        #expect(flow.allText() == ["p1 #1"])
    }

    @Test("a position has room behind bodies that were read back beyond the bound, a body has none")
    func positionBehindBodies() {
        var flow = Flow(receiveMaximum: 1, bytesMax: 150)
        let stored = (0..<3).map { TestMessage(number: $0, isStored: true, hasBody: false) }
        var isTaken = stored.map { flow.enqueue($0) }
        guard case .needsBody(_, let ticket) = flow.next() else {
            Issue.record("no bodies are asked for")
            return
        }
        let isSupplied = flow.supply(stored.map(\.loaded), for: ticket)
        #expect(isSupplied)
        #expect(flow.queuedBytes == 300)
        isTaken.append(flow.enqueue(TestMessage(number: 3, isStored: true)))
        isTaken.append(flow.enqueue(TestMessage(number: 4, isStored: true, hasBody: false)))
        #expect(isTaken == [true, true, true, true, true])
        let hasRoom = flow.enqueue(TestMessage(number: 5))
        #expect(!hasRoom)
        #expect(flow.queuedBytes == 300)
        #expect(flow.queued == 5)
    }
}
