import EdgeCore
import Testing

@Suite("the publish window")
struct PublishWindowTests {
    private func message(_ number: UInt64) -> Outgoing {
        let reading = Reading(instant: BootInstant(milliseconds: 0), body: [])
        return Outgoing(parcel: Parcel(epoch: 1, first: number, readings: [reading]))
    }

    @Test("offline there is no room, and nothing can be in flight")
    func offline() {
        var window = PublishWindow(limit: 20)
        #expect(!window.hasRoom)
        #expect(window.sent(self.message(0), as: 1) == false)
        #expect(window.acknowledged(1) == nil)
        #expect(window.disconnected().isEmpty)
    }

    @Test("the limit, on both sides", arguments: [1, 20, 100])
    func limit(limit: Int) {
        var window = PublishWindow(limit: limit)
        window.connected()
        for index in 0..<limit {
            #expect(window.hasRoom)
            #expect(window.sent(self.message(UInt64(index)), as: Int32(index + 1)) == true)
        }
        #expect(!window.hasRoom)
        #expect(window.sent(self.message(999), as: 999) == false)
        #expect(window.acknowledged(1)?.parcel.first == 0)
        #expect(window.hasRoom)
    }

    @Test("an acknowledgement names one reading, once, in any order")
    func acknowledgements() {
        var window = PublishWindow(limit: 5)
        window.connected()
        for index in 0..<3 { _ = window.sent(self.message(UInt64(index)), as: Int32(index + 10)) }
        #expect(window.acknowledged(11)?.parcel.first == 1)
        #expect(window.acknowledged(11) == nil)
        #expect(window.acknowledged(99) == nil)
        #expect(window.acknowledged(12)?.parcel.first == 2)
        #expect(window.disconnected().map(\.parcel.first) == [0])
    }

    @Test("after a lost connection the unacknowledged come back in order, and their old ids mean nothing")
    func reconnect() {
        var window = PublishWindow(limit: 5)
        window.connected()
        for index in 0..<5 { _ = window.sent(self.message(UInt64(index)), as: Int32(index + 1)) }
        _ = window.acknowledged(2)
        let again = window.disconnected()
        #expect(again.map(\.parcel.first) == [0, 2, 3, 4])
        #expect(window.acknowledged(1) == nil)
        window.connected()
        #expect(window.inFlightCount == 0)
        for (index, message) in again.enumerated() {
            let isSent = window.sent(message, as: Int32(index + 1))
            #expect(isSent)
        }
        #expect(window.acknowledged(2)?.parcel.first == 2)
    }

    @Test("an id that is in flight already is refused: a PUBACK must name one message")
    func reusedID() {
        var window = PublishWindow(limit: 5)
        window.connected()
        #expect(window.sent(self.message(0), as: 7) == true)
        #expect(window.sent(self.message(1), as: 7) == false)
        #expect(window.acknowledged(7)?.parcel.first == 0)
    }
}
