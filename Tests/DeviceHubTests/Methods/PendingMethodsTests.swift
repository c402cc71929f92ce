import Testing

@testable import DeviceHub

@Suite("Calls of direct methods that wait, contract iothub-mqtt section 8")
struct PendingMethodsTests {
    typealias Pending = PendingMethods<Int>

    @Test("an answer is taken once, and only from the connection that got the call")
    func answer() {
        var pending = Pending()
        #expect(pending.add(1, for: Pending.Key(connectionID: 7, requestID: "a")) == true)
        #expect(pending.remove(Pending.Key(connectionID: 8, requestID: "a")) == nil)
        #expect(pending.remove(Pending.Key(connectionID: 7, requestID: "b")) == nil)
        #expect(pending.remove(Pending.Key(connectionID: 7, requestID: "a")) == 1)
        #expect(pending.remove(Pending.Key(connectionID: 7, requestID: "a")) == nil)
        #expect(pending.count == 0)
    }

    @Test("the end of a connection ends its calls and no others")
    func end() {
        var pending = Pending()
        for call in 0..<6 {
            #expect(pending.add(call, for: Pending.Key(connectionID: UInt64(call % 2), requestID: "\(call)")) == true)
        }
        #expect(pending.removeAll(of: 1).sorted() == [1, 3, 5])
        #expect(pending.removeAll(of: 1).isEmpty)
        #expect(pending.count == 3)
    }

    @Test("64 calls wait for one connection, and a place is free again when one has ended")
    func limit() {
        var pending = Pending()
        for call in 0..<Pending.connectionMax {
            #expect(pending.add(call, for: Pending.Key(connectionID: 1, requestID: "\(call)")) == true)
        }
        #expect(pending.add(64, for: Pending.Key(connectionID: 1, requestID: "64")) == false)
        #expect(pending.add(65, for: Pending.Key(connectionID: 2, requestID: "64")) == true)
        #expect(pending.remove(Pending.Key(connectionID: 1, requestID: "3")) == 3)
        #expect(pending.add(66, for: Pending.Key(connectionID: 1, requestID: "66")) == true)
    }

    @Test("10,000 calls wait in all")
    func total() {
        var pending = Pending()
        for call in 0..<Pending.totalMax {
            #expect(pending.add(call, for: Pending.Key(connectionID: UInt64(call / 50), requestID: "\(call)")) == true)
        }
        #expect(pending.add(0, for: Pending.Key(connectionID: .max, requestID: "")) == false)
    }
}
