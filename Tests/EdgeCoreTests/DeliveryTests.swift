import EdgeCore
import SensorKit
import Testing

@Suite("the delivery: who has a reading, and what goes first")
struct DeliveryTests {
    private func agent(_ change: (inout Delivery.Settings) -> Void = { _ in }) throws -> SimulatedAgent {
        try SimulatedAgent { delivery, spool in
            change(&delivery)
            spool.freeDiskMinBytes = 0
        }
    }

    private func connected(_ change: (inout Delivery.Settings) -> Void = { _ in }) throws -> SimulatedAgent {
        var agent = try self.agent(change)
        agent.connect()
        return agent
    }

    @Test("online nothing is written, and each reading is a message of its own")
    func online() throws {
        var agent = try self.connected()
        for _ in 0..<100 {
            agent.now = agent.now + 1_000
            agent.sample()
            agent.publish()
            agent.acknowledge()
            try agent.spoolTurn()
        }
        #expect(agent.disk.writeCount == 0 && agent.disk.names.isEmpty)
        #expect(agent.gateway.messages.map(\.parcel.count) == [Int](repeating: 1, count: 100))
        #expect(agent.gateway.messages.allSatisfy { !$0.parcel.isHistorical })
        #expect(agent.delivery.summary.acknowledged == 100)
    }

    @Test("offline each reading is written at once; at a start only after five seconds without a connection")
    func spilling() throws {
        var agent = try self.agent()
        agent.sample()
        #expect(!agent.delivery.isSpilling(at: agent.now + 4_999))
        #expect(agent.delivery.isSpilling(at: agent.now + 5_000))
        var random = SplitMix64(seed: 1)
        agent.disconnect(&random)
        #expect(agent.delivery.isSpilling(at: agent.now))
        try agent.spoolTurn()
        #expect(agent.spooled.count == 1 && agent.delivery.waitingCount == 0)
    }

    @Test("a gateway that acknowledges nothing for ten seconds: what waits is written, on both sides of the limit")
    func stall() throws {
        var agent = try self.connected { $0.windowMessages = 2 }
        for _ in 0..<3 { agent.sample() }
        agent.publish()
        #expect(agent.delivery.waitingCount == 0, "the second message took two readings")
        agent.sample()
        #expect(!agent.delivery.isSpilling(at: agent.now + 9_999))
        #expect(agent.delivery.isSpilling(at: agent.now + 10_000))
        #expect(!agent.delivery.isSilent(at: agent.now + 29_999))
        #expect(agent.delivery.isSilent(at: agent.now + 30_000))
        agent.acknowledge()
        #expect(!agent.delivery.isSilent(at: agent.now + 100_000))
    }

    @Test("half full, memory goes to the disk also while online")
    func halfFull() throws {
        var agent = try self.connected { $0.bufferSizeMaxBytes = 65_536 }
        while !agent.delivery.isSpilling(at: agent.now) { agent.sample() }
        #expect(agent.delivery.status.waitingBytes > 32_768 && agent.delivery.status.waitingBytes < 33_000)
        try agent.spoolTurn()
        #expect(agent.delivery.waitingCount == 0)
    }

    @Test("after a short break everything is in order and news")
    func shortBreak() throws {
        var agent = try self.connected()
        var random = SplitMix64(seed: 2)
        for _ in 0..<3 { agent.sample() }
        agent.publish()
        agent.disconnect(&random)
        for _ in 0..<20 {
            agent.now = agent.now + 1_000
            agent.sample()
            try agent.spoolTurn()
        }
        agent.connect()
        agent.sample()
        try agent.settle()
        let firsts = agent.gateway.messages.map(\.parcel.first)
        #expect(firsts == firsts.sorted())
        #expect(agent.gateway.messages.allSatisfy { !$0.parcel.isHistorical })
        #expect(agent.gateway.stored[1] == Set(0..<24) && agent.gateway.faults.isEmpty)
    }

    @Test("after a long one live readings go first, the backlog beside them, marked, in half of the window")
    func longBreak() throws {
        var agent = try self.connected { $0.windowMessages = 10 }
        var random = SplitMix64(seed: 3)
        agent.disconnect(&random)
        for _ in 0..<3_000 {
            agent.now = agent.now + 1_000
            agent.sample()
            try agent.spoolTurn()
        }
        agent.connect()
        try agent.spoolTurn()
        agent.sample()
        agent.publish()
        #expect(agent.inFlight.first?.message.parcel.first == 3_000, "the live one is first")
        #expect(agent.inFlight.count == 6 && agent.inFlight.dropFirst().allSatisfy { $0.message.parcel.isHistorical })
        #expect(agent.inFlight.dropFirst().map(\.message.parcel.first) == [0, 64, 128, 192, 256])
        for _ in 0..<200 {
            agent.now = agent.now + 1_000
            agent.sample()
            agent.publish()
            let live = agent.inFlight.filter { !$0.message.parcel.isHistorical }
            #expect(live.last?.message.parcel.last == agent.appended - 1, "a live reading waits for the backlog")
            agent.acknowledge()
            try agent.spoolTurn()
        }
        #expect(agent.gateway.stored[1]?.count == Int(agent.appended) && agent.gateway.faults.isEmpty)
        #expect(agent.disk.names.isEmpty)
    }

    @Test("an old backlog is history too when the newest reading is being written as the connection comes")
    func writingAtConnect() throws {
        var agent = try self.connected()
        var random = SplitMix64(seed: 4)
        agent.disconnect(&random)
        for _ in 0..<100 {
            agent.now = agent.now + 1_000
            agent.sample()
            try agent.spoolTurn()
        }
        agent.sample()
        let work = agent.delivery.takeSpoolWork(at: agent.now, isEnd: false)
        #expect(work.parcels.map(\.first) == [100])
        agent.connect()
        try agent.log.append(work.parcels, unreported: nil, at: agent.now, offset: nil)
        agent.delivery.spooled()
        try agent.spoolTurn()
        agent.sample()
        agent.publish()
        #expect(agent.inFlight.map(\.message.parcel.first) == [101, 0, 64])
        #expect(agent.inFlight.map(\.message.parcel.isHistorical) == [false, true, true])
    }

    @Test("an old backlog is history too when the spool is only open after the connection has come")
    func lateSpool() throws {
        var agent = try self.agent()
        var random = SplitMix64(seed: 5)
        agent.disconnect(&random)
        for _ in 0..<100 {
            agent.now = agent.now + 1_000
            agent.sample()
            try agent.spoolTurn()
        }
        try agent.start()
        agent.delivery.update(SpoolReport())  // as it is before the spool has said anything
        agent.connect()
        try agent.spoolTurn()
        agent.sample()
        agent.publish()
        #expect(agent.inFlight.map(\.message.parcel.epoch) == [2, 1, 1])
        #expect(agent.inFlight.map(\.message.parcel.isHistorical) == [false, true, true])
    }

    @Test("the backlog is sent at the configured rate, within a tenth", arguments: [64, 1_000, 16_000])
    func rate(readingsPerSecond: Int) throws {
        var agent = try self.connected { $0.drainReadingsPerSecond = readingsPerSecond }
        var random = SplitMix64(seed: 4)
        agent.disconnect(&random)
        let count = min(readingsPerSecond * 10, 40_000)
        for _ in 0..<count / 100 {
            agent.now = agent.now + 100_000
            for _ in 0..<100 { agent.sample(bodyBytes: 2) }
            try agent.spoolTurn()
        }
        let start = agent.now
        agent.connect()
        try agent.spoolTurn()
        while agent.disk.names.isEmpty == false, agent.now.milliseconds - start.milliseconds < 60_000 {
            agent.now = agent.now + 5
            agent.publish()
            agent.acknowledge()
            try agent.spoolTurn()
        }
        let seconds = Double(agent.now.milliseconds - start.milliseconds) / 1_000
        let expected = Double(count) / Double(readingsPerSecond)
        #expect(seconds > expected * 0.9 - 0.3 && seconds < expected * 1.1 + 0.3, "\(seconds) s, not \(expected) s")
    }

    @Test("readings given up are told with the next message, until one that told them is acknowledged")
    func drops() throws {
        var agent = try self.agent { $0.bufferSizeMaxBytes = 65_536 }
        agent.disk.room = 0
        var random = SplitMix64(seed: 5)
        agent.disconnect(&random)
        while agent.delivery.status.dropped[.memory] == nil { agent.sample() }
        try agent.spoolTurn()
        for _ in 0..<9 { agent.sample() }
        let count = agent.delivery.status.dropped[.memory] ?? 0
        #expect(count >= 10 && agent.delivery.takeLoss()?.count == count && agent.delivery.takeLoss() == nil)
        let range = ReadingRange(epoch: 1, first: 0, last: UInt64(count - 1))
        agent.connect()
        agent.publish()
        #expect(agent.inFlight.map(\.message.dropped).filter { !$0.isEmpty } == [[range]], "told once at a time")
        agent.inFlight = []
        agent.delivery.disconnected(at: agent.now)
        agent.connect()
        agent.publish()
        #expect(agent.inFlight.first?.message.dropped == [range], "told again, for nobody has acknowledged it")
        agent.acknowledge()
        agent.sample()
        agent.publish()
        #expect(agent.inFlight.first?.message.dropped == [])
    }

    @Test("what the spool gave up is told, also by the next run when this one could not")
    func spoolDrops() throws {
        var agent = try SimulatedAgent { _, spool in
            spool.freeDiskMinBytes = 0
            spool.sizeMaxBytes = 1_048_576
        }
        var random = SplitMix64(seed: 6)
        agent.disconnect(&random)
        for _ in 0..<2_000 {
            agent.sample(bodyBytes: 1_000)
            try agent.spoolTurn()
        }
        let dropped = agent.delivery.status.dropped[.size] ?? 0
        #expect(dropped > 0)
        try agent.start()
        agent.connect()
        agent.sample()
        try agent.settle()
        let told = agent.gateway.dropped.filter { $0.epoch == 1 }.reduce(0) { $0 + Int($1.count) }
        #expect(told == dropped)
        #expect(agent.gateway.stored[1] == Set(UInt64(dropped)..<2_000))
    }

    @Test("without a known time readings of this boot wait online, ten minutes at most")
    func undated() throws {
        var agent = try self.connected()
        agent.sample()
        #expect(agent.delivery.next(at: agent.now, isDated: false) == .wait(until: agent.now + 600_000))
        #expect(agent.publish(isDated: false) == 0)
        agent.now = agent.now + 599_999
        #expect(agent.publish(isDated: false) == 0)
        agent.now = agent.now + 1
        #expect(agent.publish(isDated: false) == 1)
    }

    @Test("at the end what waits is sent, the backlog stays where it is, and the rest goes to the spool")
    func finish() throws {
        var agent = try self.connected()
        var random = SplitMix64(seed: 7)
        agent.disconnect(&random)
        for _ in 0..<500 {
            agent.now = agent.now + 1_000
            agent.sample()
            try agent.spoolTurn()
        }
        agent.connect()
        try agent.spoolTurn()
        agent.sample()
        agent.delivery.finish()
        agent.publish()
        #expect(agent.inFlight.map(\.message.parcel.first) == [500])
        agent.delivery.disconnected(at: agent.now)
        try agent.spoolTurn(isEnd: true)
        #expect(agent.delivery.waitingCount == 0 && agent.log.readingCount == 501)
        agent.inFlight = []
        try agent.start()
        agent.connect()
        try agent.settle()
        #expect(agent.gateway.stored[1] == Set(0..<501) && agent.gateway.faults.isEmpty)
    }

    @Test("a renewal of the token writes nothing")
    func renewal() throws {
        var agent = try self.connected()
        agent.sample()
        agent.publish()
        agent.inFlight = []
        agent.delivery.disconnected(at: agent.now, isRenewal: true)
        try agent.spoolTurn()
        #expect(agent.spooled.isEmpty)
        agent.connect()
        #expect(agent.publish() == 1)
    }

    @Test("a message whose publishing failed keeps its boundaries, for it may have come")
    func failedPublish() throws {
        var agent = try self.connected { $0.windowMessages = 1 }
        for _ in 0..<3 { agent.sample() }
        guard case .publish(let message) = agent.delivery.next(at: agent.now, isDated: true) else {
            Issue.record("nothing to publish")
            return
        }
        agent.delivery.publishFailed()
        agent.delivery.disconnected(at: agent.now)
        agent.sample()
        agent.connect()
        agent.publish()
        #expect(agent.inFlight.first?.message.parcel.range == message.parcel.range)
    }
}
