import MQTTCodec
import MQTTProtocol
import TestSupport
import Testing

@Suite("The sending side of QoS 1 and 2 against a client, a journal and an unreliable network")
struct OutboundFlowPropertyTests {
    /// A client as MQTT 5.0 §4.3 wants it, method A.
    private struct Client {
        var delivered: [Int] = []
        /// Packet identifiers of QoS 2 between PUBLISH and PUBREL.
        var received: Set<UInt16> = []
        /// Exchanges of this connection that it has not ended.
        var open: Set<UInt16> = []

        mutating func publish(_ message: TestMessage, _ packetID: UInt16) {
            self.open.insert(packetID)
            if message.qos == .exactlyOnce, !self.received.insert(packetID).inserted { return }
            self.delivered.append(message.number)
        }
    }

    private enum ToClient {
        case publish(TestMessage, UInt16)
        case pubrel(UInt16)
    }

    private enum ToServer {
        case puback(UInt16)
        case pubrec(UInt16, ReasonCode)
        case pubcomp(UInt16)
    }

    /// Everything around the flow.
    private struct World {
        var random: SeededGenerator
        let isJournaled: Bool
        var flow: OutboundFlow<TestMessage>
        var receiveMaximum = 3
        var client = Client()
        var toClient: [ToClient] = []
        var toServer: [ToServer] = []
        var load: (messages: [TestMessage], ticket: OutboundFlow<TestMessage>.LoadTicket)?
        /// Packet identifiers whose record is being written, in order.
        var recording: [UInt16] = []
        // What is durable
        var journal: [TestMessage] = []
        var recorded: Set<UInt16> = []
        /// Settled, and not yet durably so.
        var settledLazily: [TestMessage] = []
        var sent: [Int] = []
        var settled: [Int: Int] = [:]
        var refused: Set<Int> = []
        var nextID: UInt16 = 65_530
        var number = 0
        var exactlyOnce: Set<Int> = []

        init(random: SeededGenerator, isJournaled: Bool) {
            self.random = random
            self.isJournaled = isJournaled
            self.flow = OutboundFlow(receiveMaximum: 3)
        }

        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self.random) < percent }

        mutating func enqueue() {
            let qos: QoS = self.chance(50) ? .atLeastOnce : .exactlyOnce
            if qos == .exactlyOnce { self.exactlyOnce.insert(self.number) }
            var message = TestMessage(number: self.number, qos: qos, isStored: self.isJournaled)
            if self.isJournaled {
                if qos == .exactlyOnce { message.fixedPacketID = self.freeID() }
                message.hasBody = self.chance(50)
                self.journal.append(message)
            }
            self.number += 1
            let isTaken = self.flow.enqueue(message)
            #expect(isTaken)
        }

        /// An identifier that no message of the journal has.
        mutating func freeID() -> UInt16 {
            repeat {
                self.nextID = self.nextID == 65_535 ? 32_768 : self.nextID + 1
            } while self.journal.contains { $0.fixedPacketID == self.nextID }
            return self.nextID
        }

        mutating func write() {
            while let step = self.flow.next() {
                switch step {
                case .publish(let message, let packetID, let isDuplicate):
                    #expect(!message.needsBody)
                    #expect(packetID == message.fixedPacketID || !self.isJournaled || message.qos == .atLeastOnce)
                    #expect((packetID >= 32_768) == (message.qos == .exactlyOnce))
                    if !isDuplicate { #expect(!self.sent.contains(message.number) || self.isJournaled) }
                    self.sent.append(message.number)
                    self.toClient.append(.publish(message, packetID))
                case .release(let packetID): self.toClient.append(.pubrel(packetID))
                case .needsBody(let messages, let ticket): self.load = (messages, ticket)
                }
            }
        }

        mutating func supply() {
            guard let load else { return }
            self.load = nil
            let count = Int.random(in: 1...load.messages.count, using: &self.random)
            _ = self.flow.supply(load.messages.prefix(count).map { $0.loaded }, for: load.ticket)
        }

        mutating func clientReads() {
            guard !self.toClient.isEmpty else { return }
            switch self.toClient.removeFirst() {
            case .publish(let message, let packetID):
                self.client.publish(message, packetID)
                #expect(self.client.open.count <= self.receiveMaximum)
                if message.qos == .atLeastOnce {
                    self.toServer.append(.puback(packetID))
                    self.client.open.remove(packetID)
                } else if self.chance(10) {
                    self.toServer.append(.pubrec(packetID, .quotaExceeded))
                    self.client.open.remove(packetID)
                    self.client.received.remove(packetID)
                    self.refused.insert(message.number)
                } else {
                    self.toServer.append(.pubrec(packetID, .success))
                }
            case .pubrel(let packetID):
                self.client.received.remove(packetID)
                self.client.open.remove(packetID)
                self.toServer.append(.pubcomp(packetID))
            }
        }

        mutating func serverReads() {
            guard !self.toServer.isEmpty else { return }
            switch self.toServer.removeFirst() {
            case .puback(let packetID): self.carryOut(self.flow.puback(packetID: packetID))
            case .pubrec(let packetID, let reason):
                self.carryOut(self.flow.pubrec(packetID: packetID, reason: reason))
            case .pubcomp(let packetID): self.carryOut(self.flow.pubcomp(packetID: packetID))
            }
        }

        mutating func record() {
            guard !self.recording.isEmpty else { return }
            let packetID = self.recording.removeFirst()
            self.recorded.insert(packetID)
            self.carryOut(self.flow.recorded(packetID: packetID))
        }

        mutating func carryOut(_ answer: OutboundFlow<TestMessage>.Answer) {
            switch answer {
            case .settled(let message):
                self.settled[message.number, default: 0] += 1
                self.settledLazily.append(message)
            case .recordThenRelease(let packetID): self.recording.append(packetID)
            case .release(let packetID, let reason):
                #expect(reason == .success || self.isJournaled)
                self.toClient.append(.pubrel(packetID))
            case .none: break
            case .violation: Issue.record("a violation by a client that makes none")
            }
        }

        mutating func flushSettled() {
            for message in self.settledLazily {
                self.journal.removeAll { $0.number == message.number }
                if let packetID = message.fixedPacketID { self.recorded.remove(packetID) }
            }
            self.settledLazily = []
        }

        mutating func disconnect() {
            self.flow.detach()
            self.toClient = []
            self.toServer = []
            self.client.open = []
        }

        mutating func reconnect() {
            self.receiveMaximum = Int.random(in: 1...5, using: &self.random)
            self.flow.attach(receiveMaximum: self.receiveMaximum)
        }

        /// The server ends without a word and comes back with its journal.
        mutating func crash() {
            self.disconnect()
            self.flow = OutboundFlow(receiveMaximum: 1)
            self.flow.detach()
            self.load = nil
            self.recording = []
            self.settledLazily = []
            for message in self.journal {
                let position = message.keptForResend()
                if let packetID = message.fixedPacketID, self.recorded.contains(packetID) {
                    self.flow.recover(received: position, packetID: packetID)
                } else {
                    let isTaken = self.flow.enqueue(position, perhapsSent: true)
                    #expect(isTaken)
                }
            }
        }
    }

    @Test(
        "whatever is lost, QoS 1 arrives at least once, QoS 2 exactly once, each QoS first in its order [MQTT-4.6.0-6]",
        .timeLimit(.minutes(1)),
        arguments: [false, true]
    )
    func flow(isJournaled: Bool) {
        var world = World(random: .announced("OutboundFlow, journaled: \(isJournaled)"), isJournaled: isJournaled)
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<100, using: &world.random) {
            case 0..<15: world.enqueue()
            case 15..<30: world.write()
            case 30..<40: world.supply()
            case 40..<60: world.clientReads()
            case 60..<78: world.serverReads()
            case 78..<90: world.record()
            case 90..<96: world.flushSettled()
            case 96: world.disconnect()
            case 97, 98: if !world.flow.isAttached { world.reconnect() }
            default: if isJournaled, world.chance(30) { world.crash() }
            }
        }
        if !world.flow.isAttached { world.reconnect() }
        for _ in 0..<1_000_000 where !world.flow.isIdle {
            world.write()
            world.supply()
            world.clientReads()
            world.record()
            world.serverReads()
        }
        #expect(world.flow.isIdle)
        self.judge(world)
    }

    private func judge(_ world: World) {
        var qos1: [Int] = []
        var qos2: [Int] = []
        var counts: [Int: Int] = [:]
        for number in world.client.delivered { counts[number, default: 0] += 1 }
        #expect(counts.count == world.number)
        #expect(world.settled.count == world.number)
        if !world.isJournaled { #expect(world.settled.values.allSatisfy { $0 == 1 }) }
        var seen: Set<Int> = []
        for number in world.client.delivered where seen.insert(number).inserted {
            if world.exactlyOnce.contains(number) { qos2.append(number) } else { qos1.append(number) }
        }
        for number in qos2 where !world.refused.contains(number) { #expect(counts[number] == 1, "#\(number)") }
        #expect(qos1 == qos1.sorted())
        #expect(qos2 == qos2.sorted())
        #expect(qos1.count > 100 && qos2.count > 100)
    }
}
