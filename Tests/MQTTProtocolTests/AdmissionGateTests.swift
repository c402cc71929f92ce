import MQTTProtocol
import Testing

@Suite("Connections at a bounded rate")
struct AdmissionGateTests {
    private typealias Gate = AdmissionGate<Int>

    private func gate(lineMax: Int = 100, patience: Duration = .seconds(10)) -> Gate {
        Gate(limits: Gate.Limits(rate: 10, burst: 2, lineMax: lineMax, patience: patience))
    }

    @Test("the burst is admitted at once, the next wait for the rate, in their order")
    func order() {
        var gate = self.gate()
        #expect(gate.arrive(0, at: .zero) == .admitted)
        #expect(gate.arrive(1, at: .zero) == .admitted)
        #expect(gate.arrive(2, at: .zero) == .waits(tickAt: .milliseconds(100)))
        #expect(gate.arrive(3, at: .milliseconds(50)) == .waits(tickAt: .milliseconds(100)))
        #expect(gate.count == 2)
        #expect(gate.tick(at: .milliseconds(99)) == Gate.Decision(tickAt: .milliseconds(100)))
        #expect(gate.tick(at: .milliseconds(100)) == Gate.Decision(admitted: [2], tickAt: .milliseconds(200)))
        #expect(gate.tick(at: .milliseconds(200)) == Gate.Decision(admitted: [3]))
        #expect(gate.tick(at: .milliseconds(300)) == Gate.Decision())
    }

    @Test("who comes later does not overtake those who wait")
    func noOvertaking() {
        var gate = self.gate()
        for number in 0..<3 { _ = gate.arrive(number, at: .zero) }
        #expect(gate.arrive(3, at: .seconds(1)) == .waits(tickAt: .seconds(1)))
        #expect(gate.tick(at: .seconds(1)).admitted == [2, 3])
    }

    @Test("the line is full at its bound", arguments: [(2, true), (3, false)])
    func full(count: Int, isTaken: Bool) {
        var gate = self.gate(lineMax: 2)
        for number in 0..<2 { _ = gate.arrive(number, at: .zero) }
        var last = Gate.Arrival.admitted
        for number in 0..<count { last = gate.arrive(10 + number, at: .zero) }
        #expect((last == .refused) == !isTaken)
        #expect(gate.count == 2)
    }

    @Test("who waited past the deadline is dropped, and takes no admission")
    func patience() {
        var gate = self.gate(patience: .milliseconds(150))
        for number in 0..<5 { _ = gate.arrive(number, at: .zero) }
        #expect(gate.tick(at: .milliseconds(100)) == Gate.Decision(admitted: [2], tickAt: .milliseconds(150)))
        #expect(gate.tick(at: .milliseconds(149)) == Gate.Decision(tickAt: .milliseconds(150)))
        #expect(gate.tick(at: .milliseconds(150)) == Gate.Decision(dropped: [3, 4]))
        #expect(gate.arrive(5, at: .milliseconds(200)) == .admitted)
    }

    @Test("who leaves the line takes no admission, and the line does not grow by those who left")
    func leaving() {
        var gate = self.gate(lineMax: 10, patience: .seconds(1_000))
        for number in 0..<4 { _ = gate.arrive(number, at: .zero) }
        gate.leave(2)
        gate.leave(2)
        gate.leave(77)
        #expect(gate.count == 1)
        #expect(gate.tick(at: .milliseconds(100)) == Gate.Decision(admitted: [3]))
        for number in 100..<10_000 {
            _ = gate.arrive(number, at: .milliseconds(100))
            gate.leave(number)
        }
        #expect(gate.count == 0)
        #expect(gate.tick(at: .milliseconds(100)) == Gate.Decision())
    }
}
