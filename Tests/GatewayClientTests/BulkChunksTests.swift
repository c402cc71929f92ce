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
        while let chunk = chunks.next(isIdle: false) { found.append(chunk.devices.count) }
        #expect(found == counts)
    }

    @Test("modules wait until all before them is done, and know their places")
    func modules() {
        var chunks = BulkChunks(Self.devices("a", "b", "a/m", "b/m").makeIterator())
        let first = chunks.next(isIdle: true)
        #expect(first?.devices.map(\.id) == ["a", "b"])
        #expect(chunks.next(isIdle: false) == nil)
        #expect(chunks.next(isIdle: false) == nil)
        let second = chunks.next(isIdle: true)
        #expect(second?.first == 2)
        #expect(second?.devices.map(\.id) == ["a/m", "b/m"])
        #expect(chunks.next(isIdle: true) == nil)
    }

    @Test("twins that would make a body too large go into the next one; a single one goes alone")
    func bytes() {
        let big: JSONObject = ["x": .string(String(repeating: "x", count: 150 << 10))]
        var chunks = BulkChunks((0..<3).map { NewDevice(id: "d\($0)", desired: big) }.makeIterator())
        var found = [Int]()
        while let chunk = chunks.next(isIdle: false) { found.append(chunk.devices.count) }
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
        device.write(to: &writer, idKey: "deviceId")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"{"deviceId":"d","moduleId":"m","managedBy":"me"}"#
        )
    }
}
