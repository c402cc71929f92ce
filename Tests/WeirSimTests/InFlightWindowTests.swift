import FleetModel
import NIOCore
import Testing

@testable import weir_sim

@Suite("the QoS 1 window, MQTT 3.1.1 §2.3.1, §4.6")
struct InFlightWindowTests {
    static func message(_ number: Int) -> OutgoingMessage {
        OutgoingMessage(number: number, payload: ByteBuffer())
    }

    static func unacknowledged(_ window: InFlightWindow) -> [Int] {
        var numbers = [Int]()
        window.forEachUnacknowledged { numbers.append($1.number) }
        return numbers
    }

    @Test("the window is full at its limit and not one below", arguments: [1, 2, 100, InFlightWindow.limitMax])
    func limit(limit: Int) {
        var window = InFlightWindow(limit: limit)
        for number in 0..<limit {
            #expect(!window.isFull)
            _ = window.append(InFlightWindowTests.message(number))
        }
        #expect(window.isFull)
        #expect(window.unacknowledgedCount == limit)
        #expect(window.acknowledge(1) == 0)
        #expect(!window.isFull)
    }

    @Test("packet identifiers run from 1 to 65535 and round again, never 0 [MQTT-2.3.1-1]")
    func identifiers() {
        var window = InFlightWindow(limit: 3)
        for number in 0..<200_000 {
            let id = window.append(InFlightWindowTests.message(number))
            #expect(Int(id) == number % 65_535 + 1)
            #expect(window.acknowledge(id) == number)
        }
        #expect(window.isEmpty)
    }

    @Test("identifiers that are not in flight are unknown: 0, one acknowledged before, one ahead")
    func unknown() {
        var window = InFlightWindow(limit: 10)
        let ids = (0..<3).map { window.append(InFlightWindowTests.message($0)) }
        #expect(ids == [1, 2, 3])
        #expect(window.acknowledge(2) == 1)
        for id: UInt16 in [0, 2, 4, 5, 65_535] { #expect(window.acknowledge(id) == nil, "id \(id)") }
        #expect(window.acknowledge(1) == 0)
        #expect(window.acknowledge(1) == nil)
        #expect(InFlightWindowTests.unacknowledged(window) == [2])
    }

    @Test("an acknowledgement out of order frees its place when all before it are acknowledged")
    func outOfOrder() {
        var window = InFlightWindow(limit: 3)
        for number in 0..<3 { _ = window.append(InFlightWindowTests.message(number)) }
        #expect(window.acknowledge(3) == 2)
        #expect(window.isFull)
        #expect(window.unacknowledgedCount == 2)
        #expect(window.acknowledge(1) == 0)
        #expect(!window.isFull)
        #expect(InFlightWindowTests.unacknowledged(window) == [1])
        #expect(window.acknowledge(2) == 1)
        #expect(window.isEmpty)
        #expect(window.append(InFlightWindowTests.message(3)) == 4)
    }

    @Test("random traffic keeps order and loses nothing, against a plain list")
    func fuzz() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("InFlightWindow fuzz seed \(seed)")
        var random = SplitMix64(seed: seed)
        var window = InFlightWindow(limit: 7)
        var model: [(id: UInt16, number: Int)] = []
        var sent = 0
        for _ in 0..<300_000 {
            if Bool.random(using: &random), !window.isFull {
                model.append((window.append(InFlightWindowTests.message(sent)), sent))
                sent += 1
            } else if let index = model.indices.randomElement(using: &random) {
                // Mostly in order, as gateways acknowledge.
                let chosen = Int.random(in: 0..<4, using: &random) == 0 ? index : 0
                let (id, number) = model.remove(at: chosen)
                #expect(window.acknowledge(id) == number, "seed \(seed)")
            }
        }
        #expect(InFlightWindowTests.unacknowledged(window) == model.map(\.number), "seed \(seed)")
        #expect(sent > 65_535, "the identifiers went round")
    }
}
