import DeviceHub
import DeviceRegistry
import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("Changes of identities beside writes of twins", .timeLimit(.minutes(1)))
struct IdentityServiceTests {
    private static func entry(_ number: Int) throws -> RegistryEntry {
        RegistryEntry(
            .updateTwin,
            DeviceIdentity(id: try HubBench.id("d")),
            twin: try HubBench.patch(#"{"properties":{"desired":{"n":\#(number)}}}"#),
            author: "policy:test"
        )
    }

    @Test("desired properties are told in the order of their versions, whichever way they are written")
    func order() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        let id = try HubBench.id("d")
        try await HubBench.running(bench.hub) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    let entry = try Self.entry(number)
                    let patch = try HubBench.patch(#"{"properties":{"desired":{"m":\#(number)}}}"#)
                    group.addTask { [hub = bench.hub] in
                        if number.isMultiple(of: 2) {
                            try await hub.identities.change(bytes: 100, writesTwins: true) { registry in
                                for outcome in try registry.apply([entry]) { _ = try outcome.get() }
                            }
                        } else {
                            _ = try await hub.twins.update(id, patch, ifMatch: .any, author: "policy:test")
                        }
                    }
                }
                try await group.waitForAll()
            }
            for version in 2..<202 {
                #expect(try await link.next().topic.hasSuffix("?$version=\(version)"))
            }
        }
    }

    @Test("what the change throws its caller gets, and what was written before it stays; the next one is carried out")
    func failure() async throws {
        struct Fault: Error {}
        let bench = try HubBench()
        let link = try bench.connect("d")
        let entry = try Self.entry(1)
        await #expect(throws: Fault.self) {
            try await bench.hub.identities.change(bytes: 1) { registry in
                _ = try registry.apply([entry])
                throw Fault()
            }
        }
        #expect(try await link.next().payload == #"{"n":1,"$version":2}"#)
        let found = try await bench.hub.identities.change(bytes: 1) { registry in
            try registry.identity(IdentityID(device: "d") ?? entry.identity.id)
        }
        #expect(found?.id == entry.identity.id)
    }

    @Test("pages of an export are whole lines in the order of ids, and end")
    func export() async throws {
        let bench = try HubBench(devices: ["b", "a", "a/m"])
        let page = try await bench.hub.identities.export(after: nil)
        let lines = String(decoding: page.lines, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines.last?.isEmpty == true)
        #expect(page.last == (try HubBench.id("b")))
        let end = try await bench.hub.identities.export(after: page.last)
        #expect(end.lines.isEmpty && end.last == nil)
    }
}
