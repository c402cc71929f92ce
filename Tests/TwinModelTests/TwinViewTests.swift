import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("views of a twin, contract twins section 1")
struct TwinViewTests {
    private func twin() throws -> Twin {
        var twin = Twin(createdAt: Sample.time(0))
        let patch = try Sample.patch(#"{"tags":{"site":"a"},"properties":{"desired":{"x":{"y":1}}}}"#)
        _ = try twin.update(patch, at: Sample.time(205))
        _ = try twin.report(Sample.reported(#"{"fw":"1.0","n":1}"#), at: Sample.time(128))
        _ = try twin.report(Sample.reported(#"{"n":null}"#), at: Sample.time(129))
        return twin
    }

    private static let properties =
        #""properties":{"desired":{"x":{"y":1},"#
        + #""$metadata":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2,"#
        + #""x":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2,"#
        + #""y":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2}}},"$version":2},"#
        + #""reported":{"fw":"1.0","$metadata":{"$lastUpdated":"2026-11-21T03:51:17.1290000Z","#
        + #""fw":{"$lastUpdated":"2026-11-21T03:51:17.1280000Z"}},"$version":3}}"#

    @Test("the service's view of a device has the fields of the contract in their order")
    func device() throws {
        let id = try #require(IdentityID(device: "dev1"))
        var identity = IdentityView(id: id, etag: "bd4FFGVl", authenticationType: "sas")
        identity.isConnected = true
        identity.lastActivityTime = Sample.time(121)
        let expected =
            #"{"deviceId":"dev1","etag":"AAAAAAAAAAQ=","deviceEtag":"bd4FFGVl","status":"enabled","statusReason":null,"#
            + #""statusUpdateTime":"0001-01-01T00:00:00","connectionState":"Connected","#
            + #""lastActivityTime":"2026-11-21T03:51:17.1210000Z","cloudToDeviceMessageCount":0,"#
            + #""authenticationType":"sas","x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"#
            + #""modelId":"","version":5,"tags":{"site":"a"},\#(TwinViewTests.properties),"capabilities":{"iotEdge":false}}"#
        #expect(try self.twin().serviceView(of: identity).description == expected)
    }

    @Test("a module's view has its id and no capabilities; what an identity has is told")
    func module() throws {
        let id = try #require(IdentityID(device: "dev1", module: "m"))
        var identity = IdentityView(id: id, etag: "e", authenticationType: "selfSigned")
        identity.isEnabled = false
        identity.statusReason = "lost"
        identity.statusUpdateTime = Sample.time(1)
        identity.cloudToDeviceMessageCount = 3
        identity.primaryThumbprint = "AA"
        identity.secondaryThumbprint = "BB"
        identity.configurations = ["c1": .object(["status": .string("Applied")])]
        var twin = Twin(createdAt: Sample.time(0), modelID: "dtmi:a;1")
        twin.modelID = "dtmi:a;2"
        let expected =
            #"{"deviceId":"dev1","moduleId":"m","etag":"AAAAAAAAAAE=","deviceEtag":"e","status":"disabled","#
            + #""statusReason":"lost","statusUpdateTime":"2026-11-21T03:51:17.0010000Z","connectionState":"Disconnected","#
            + #""lastActivityTime":"0001-01-01T00:00:00","cloudToDeviceMessageCount":3,"authenticationType":"selfSigned","#
            + #""x509Thumbprint":{"primaryThumbprint":"AA","secondaryThumbprint":"BB"},"modelId":"dtmi:a;2","version":2,"#
            + #""tags":{},"properties":{"desired":{"$metadata":{"$lastUpdated":"2026-11-21T03:51:17.0000000Z"},"#
            + #""$version":1},"reported":{"$metadata":{"$lastUpdated":"2026-11-21T03:51:17.0000000Z"},"#
            + #""$version":1}},"configurations":{"c1":{"status":"Applied"}}}"#
        #expect(twin.serviceView(of: identity).description == expected)
    }

    @Test("an edge device says so")
    func edge() throws {
        let id = try #require(IdentityID(device: "e"))
        var identity = IdentityView(id: id, etag: "e", authenticationType: "sas")
        identity.isEdge = true
        let view = Twin(createdAt: Sample.time(0)).serviceView(of: identity)
        #expect(view["capabilities"]?.description == #"{"iotEdge":true}"#)
    }

    @Test("the device's view has values and versions, no tags and no metadata")
    func deviceView() throws {
        #expect(
            try String(decoding: self.twin().deviceView, as: UTF8.self)
                == #"{"desired":{"x":{"y":1},"$version":2},"reported":{"fw":"1.0","$version":3}}"#
        )
    }

    @Test("the body of a lifecycle event has ids, etag, version, tags unless empty, and properties")
    func eventView() throws {
        let id = try #require(IdentityID(device: "dev1"))
        #expect(
            try self.twin().eventView(of: id).description
                == #"{"deviceId":"dev1","etag":"AAAAAAAAAAQ=","version":5,"tags":{"site":"a"},\#(TwinViewTests.properties)}"#
        )
        let module = try #require(IdentityID(device: "dev1", module: "m"))
        let view = Twin(createdAt: Sample.time(0)).eventView(of: module)
        #expect(view.map(\.name) == ["deviceId", "moduleId", "etag", "version", "properties"])
    }

    @Test("a service may send back what it read, and nothing but the versions moves")
    func sentBack() throws {
        let id = try #require(IdentityID(device: "dev1"))
        var twin = try self.twin()
        let before = twin
        let view = twin.serviceView(of: IdentityView(id: id, etag: "e", authenticationType: "sas"))
        _ = try twin.update(TwinPatch(parsing: view.bytes), at: Sample.time(300))
        #expect(twin.tags == before.tags)
        #expect(twin.desired.values == before.desired.values)
        #expect(twin.reported == before.reported)
        #expect(twin.desired.version == 3)
    }
}
