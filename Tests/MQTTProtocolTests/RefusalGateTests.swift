import MQTTProtocol
import Testing

@Suite("Sources whose authentication fails")
struct RefusalGateTests {
    private typealias Gate = RefusalGate<String>

    private let limits = Gate.Limits(
        failuresFree: 2,
        waitFirst: .seconds(1),
        waitMax: .seconds(10),
        memory: .seconds(100),
        sourcesMax: 8
    )

    @Test("the wait doubles with each failure beyond the free ones, to its maximum")
    func doubling() {
        var gate = Gate(limits: self.limits)
        var waits: [Duration] = []
        for _ in 0..<8 { waits.append(gate.failed("a", at: .zero)) }
        #expect(waits == [0, 0, 1, 2, 4, 8, 10, 10].map { Duration.seconds($0) })
        for _ in 0..<100 { _ = gate.failed("a", at: .zero) }
        #expect(gate.failed("a", at: .zero) == .seconds(10))
    }

    @Test("a source may try again when its wait is over, and another source at once")
    func waiting() {
        var gate = Gate(limits: self.limits)
        for _ in 0..<3 { _ = gate.failed("a", at: .seconds(5)) }
        #expect(gate.wait(of: "a", at: .seconds(5)) == .seconds(1))
        #expect(gate.wait(of: "a", at: .milliseconds(5_999)) == .milliseconds(1))
        #expect(gate.wait(of: "a", at: .seconds(6)) == .zero)
        #expect(gate.wait(of: "b", at: .seconds(5)) == .zero)
        #expect(gate.failed("a", at: .seconds(6)) == .seconds(2))
    }

    @Test("success forgets the failures")
    func success() {
        var gate = Gate(limits: self.limits)
        for _ in 0..<5 { _ = gate.failed("a", at: .zero) }
        gate.succeeded("a")
        #expect(gate.wait(of: "a", at: .zero) == .zero)
        #expect(gate.failed("a", at: .zero) == .zero)
        #expect(gate.count == 1)
    }

    @Test("failures are remembered for the memory's time, and forgotten after twice that")
    func forgetting() {
        var gate = Gate(limits: self.limits)
        for _ in 0..<3 { _ = gate.failed("a", at: .seconds(50)) }
        #expect(gate.failed("a", at: .seconds(149)) == .seconds(2))
        _ = gate.wait(of: "b", at: .seconds(249))
        #expect(gate.count == 1)
        #expect(gate.wait(of: "a", at: .seconds(350)) == .zero)
        #expect(gate.count == 0)
        #expect(gate.failed("a", at: .seconds(350)) == .zero)
    }

    @Test("the table stays within its bound, and the newest failures stay in it")
    func bound() {
        var gate = Gate(limits: self.limits)
        for number in 0..<1_000 {
            for _ in 0..<3 { _ = gate.failed("\(number)", at: .zero) }
            #expect(gate.count <= 8)
        }
        #expect(gate.wait(of: "999", at: .zero) == .seconds(1))
        #expect(gate.wait(of: "996", at: .zero) == .seconds(1))
        #expect(gate.wait(of: "0", at: .zero) == .zero)
    }
}
