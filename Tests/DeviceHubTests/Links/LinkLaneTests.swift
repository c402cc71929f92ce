import Testing

@testable import DeviceHub

@Suite("A connection's twin requests are taken in order")
struct LinkLaneTests {
    private typealias Lane = LinkLane<String>

    /// A step as text: `r1`, `w1`, or nothing.
    private func next(_ lane: inout Lane) -> String? {
        switch lane.next() {
        case .read(let request): "r\(request)"
        case .write(let request): "w\(request)"
        case .rest: nil
        }
    }

    @Test("a read waits for the writes before it, writes do not wait for each other")
    func order() {
        var lane = Lane()
        #expect(lane.received("1", isWrite: true) == .start)
        #expect(lane.received("2", isWrite: true) == .wait)
        #expect(lane.received("3", isWrite: false) == .wait)
        #expect(lane.received("4", isWrite: true) == .wait)
        #expect(self.next(&lane) == "w1")
        #expect(self.next(&lane) == "w2")
        #expect(self.next(&lane) == nil)
        #expect(lane.writeEnded() == .start)
        #expect(self.next(&lane) == nil)
        #expect(lane.writeEnded() == .start)
        #expect(self.next(&lane) == "r3")
        #expect(self.next(&lane) == "w4")
        #expect(self.next(&lane) == nil)
        #expect(lane.writeEnded() == .wait)
        #expect(lane.received("5", isWrite: false) == .start)
    }

    @Test("20 requests wait or are being written, the 21st is refused")
    func limit() {
        var lane = Lane()
        #expect(lane.received("0", isWrite: true) == .start)
        for _ in 1..<Lane.waitingMax { #expect(lane.received("1", isWrite: true) == .wait) }
        #expect(lane.received("2", isWrite: false) == .refuse)
        #expect(self.next(&lane) == "w0")
        #expect(lane.received("3", isWrite: false) == .refuse)
        #expect(lane.writeEnded() == .wait)
        #expect(lane.received("4", isWrite: false) == .wait)
    }
}
