import TelemetryJSON
import Testing

@testable import GatewayClient

@Suite("Bodies of bulk requests")
struct BulkChunksTests {
    private static func devices(_ ids: String...) -> [NewDevice] {
        ids.map { NewDevice(id: $0) }
    }

    @Test("a request has at most 100 devices", arguments: [(99, [99]), (100, [100]), (101, [100, 1]), (0, [])])
    func count(devices: Int, counts: [Int]) {
        var chunks = BulkChunks((0..<devices).map { NewDevice(id: "d\($0)") }.makeIterator())
        var found = [Int]()
        while let chunk = chunks.next() { found.append(chunk.devices.count) }
        #expect(found == counts)
    }

    @Test("a module waits for its device's request, and for no other; all know their places")
    func modules() throws {
        // Those of the same request are done in order; c and x are not of this file.
        var few = BulkChunks(Self.devices("a", "b", "c/m", "a/m", "x/m", "d").makeIterator())
        #expect(Self.next(&few)?.devices.map(\.id) == ["a", "b", "c/m", "a/m", "x/m", "d"])
        #expect(Self.next(&few) == nil)

        let many = (0..<100).map { NewDevice(id: "d\($0)") } + Self.devices("e", "d7/m", "f")
        var chunks = BulkChunks(many.makeIterator())
        let devices = try #require(Self.next(&chunks))
        #expect(devices.devices.count == 100)
        let next = try #require(Self.next(&chunks))
        #expect(next.devices.map(\.id) == ["e"] && next.first == 100)
        #expect(Self.next(&chunks) == nil)
        chunks.ended(next)
        #expect(Self.next(&chunks) == nil)
        chunks.ended(devices)
        let last = try #require(Self.next(&chunks))
        #expect(last.devices.map(\.id) == ["d7/m", "f"] && last.first == 101)
        #expect(Self.next(&chunks) == nil)
    }

    /// Draws; the macros take no mutating call.
    private static func next(_ chunks: inout BulkChunks<IndexingIterator<[NewDevice]>>) -> BulkChunk? {
        chunks.next()
    }

    @Test("twins that would make a body too large go into the next one; a single one goes alone")
    func bytes() {
        let big: JSONObject = ["x": .string(String(repeating: "x", count: 150 << 10))]
        var chunks = BulkChunks((0..<3).map { NewDevice(id: "d\($0)", desired: big) }.makeIterator())
        var found = [Int]()
        while let chunk = chunks.next() { found.append(chunk.devices.count) }
        #expect(found == [1, 1, 1])
    }

    @Test("a module's entry names its device, and has no status; a twin goes with bulk entries only")
    func module() {
        let device = NewDevice(id: "d/m", managedBy: "me", tags: ["a": .integer(1)], desired: ["b": .null])
        var writer = JSONWriter()
        device.write(to: &writer, idKey: "id", importMode: "create")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"{"id":"d","moduleId":"m","importMode":"create","#
                + #""managedBy":"me","tags":{"a":1},"properties":{"desired":{"b":null}}}"#
        )
        writer.removeAll()
        let whole = NewDevice(
            id: "d",
            access: AccessChange(password: .setHash("$h")),
            reported: ["b": .integer(1)],
            modelID: "dtmi:m;1",
            isEdge: true
        )
        whole.write(to: &writer, idKey: "id", importMode: "create")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"id":"d","importMode":"create","status":"enabled","capabilities":{"iotEdge":true},"#
                + #""weir":{"passwordHash":"$h"},"properties":{"reported":{"b":1}},"modelId":"dtmi:m;1"}"#
        )
        writer.removeAll()
        device.write(to: &writer, idKey: "deviceId")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"{"deviceId":"d","moduleId":"m","managedBy":"me"}"#
        )
    }
}
