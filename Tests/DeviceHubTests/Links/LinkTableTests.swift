import HubProtocol
import Testing

@testable import DeviceHub

@Suite("Who is connected")
struct LinkTableTests {
    @Test("a takeover leaves the identity connected, whichever end comes first")
    func takeover() throws {
        let clock = ManualClock()
        let table = LinkTable(now: { clock.now })
        let id = try HubBench.id("d")
        let (older, newer) = (FakeLink(id, connectionID: 1), FakeLink(id, connectionID: 2))
        table.open(newer, subscriptions: [.methods])
        table.open(older, subscriptions: [.methods, .devicebound])
        #expect(table.link(of: id, subscribedTo: .methods)?.connectionID == 2)
        #expect(table.link(of: id, subscribedTo: .devicebound)?.connectionID == 1)
        #expect(table.connectedDeviceCount == 1)
        table.close(1)
        #expect(table.state(of: id).isConnected)
        table.close(1)
        #expect(table.connectedDeviceCount == 1)
        clock.advance(by: .seconds(5))
        table.close(2)
        #expect(table.state(of: id) == .init(isConnected: false, lastActivity: clock.now, changedAt: clock.now))
        #expect(table.connectedDeviceCount == 0)
    }

    @Test("modules are not counted as devices, and what is heard moves the last activity")
    func modules() throws {
        let clock = ManualClock()
        let table = LinkTable(now: { clock.now })
        let module = try HubBench.id("d/m")
        table.open(FakeLink(module), subscriptions: [])
        #expect(table.connectedDeviceCount == 0)
        let opened = clock.now
        clock.advance(by: .seconds(5))
        #expect(table.heard(1) != nil)
        #expect(table.heard(2) == nil)
        let state = table.state(of: module)
        #expect(state == .init(isConnected: true, lastActivity: clock.now, changedAt: opened))
        #expect(table.link(of: module, subscribedTo: .methods) == nil)
        table.change(1, subscriptions: [.methods])
        #expect(table.link(of: module, subscribedTo: .methods) != nil)
    }
}
