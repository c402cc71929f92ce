import EdgeCore
import SensorKit
import Testing

@Suite("an hour of simulated time: gateway away, agent killed, disk full now and then, seeded")
struct DeliverySimulationTests {
    @Test(
        "every reading that was written or acknowledged is stored once; live ones are in order; online nothing is written",
        arguments: 0..<8
    )
    func hour(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var agent = try SimulatedAgent { delivery, spool in
            delivery.windowMessages = [1, 3, 20][seed % 3]
            delivery.bufferSizeMaxBytes = 65_536
            spool.freeDiskMinBytes = 0
        }
        var isOnline = false
        for second in 0..<3_600 {
            agent.now = agent.now + 1_000
            for _ in 0..<(seed % 4 + 1) { agent.sample() }
            switch Int.random(in: 0..<400, using: &random) {
            case 0..<6 where !isOnline:
                agent.connect()
                isOnline = true
            case 0..<3 where isOnline:
                agent.disconnect(&random)
                isOnline = false
            case 6, 7:
                if isOnline { agent.disconnect(&random) }
                isOnline = false
                try agent.start()
            case 8: agent.disk.room = Bool.random(using: &random) ? 2_000 : .max / 2
            case 9:
                agent.disk.failingWrites = 1
                agent.disk.partialBytes = Int.random(in: 0...200, using: &random)
            default: break
            }
            if second % 600 == 0 { agent.disk.room = .max / 2 }
            for _ in 0..<4 {
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where isOnline: agent.publish()
                case 1 where isOnline: agent.acknowledge(Int.random(in: 0...30, using: &random))
                default: try agent.spoolTurn()
                }
            }
        }
        agent.disk.room = .max / 2
        if isOnline { agent.disconnect(&random) }
        agent.connect()
        try agent.settle(seconds: 2_000)

        let faults = agent.gateway.faults
        #expect(faults.isEmpty, "seed \(seed): \(faults.count), such as \(faults.first ?? "")")
        // On a full disk the oldest files are given up, and the gateway is told.
        let given = agent.gateway.dropped
        let lost = agent.spooled.union(agent.acknowledged).filter { key in
            !(agent.gateway.stored[key.epoch]?.contains(key.number) ?? false)
                && !given.contains { $0.epoch == key.epoch && $0.first <= key.number && key.number <= $0.last }
        }
        let example = lost.min { ($0.epoch, $0.number) < ($1.epoch, $1.number) }
        let count = lost.count
        #expect(count == 0, "seed \(seed): lost, such as \(String(describing: example))")
        #expect(agent.disk.names.isEmpty, "seed \(seed)")
        // This run's readings are all there or told as given up.
        let last = agent.gateway.stored[agent.epoch] ?? []
        let told = agent.gateway.dropped.filter { $0.epoch == agent.epoch }
        for number in 0..<agent.appended where !last.contains(number) {
            #expect(told.contains { $0.first <= number && number <= $0.last }, "seed \(seed): \(number) is nowhere")
        }
        var newest: [UInt32: UInt64] = [:]
        for message in agent.gateway.messages where !message.parcel.isHistorical {
            let parcel = message.parcel
            if let before = newest[parcel.epoch] {
                #expect(parcel.first > before, "seed \(seed): news \(parcel.range) came after \(before)")
            }
            newest[parcel.epoch] = parcel.last
        }
    }
}
