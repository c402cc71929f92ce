import DeviceHub
import FleetQuery
import HubProtocol
import TelemetryJSON
import Testing

@Suite("Requests for configurations, contract iothub-rest section 7")
struct ConfigurationRequestTests {
    private static func code(_ body: String) throws -> HubError.Code? {
        let body = try jsonObject(body)
        do throws(HubError) {
            _ = try ConfigurationRequest(body, id: "cfg1")
            return nil
        } catch {
            return error.code
        }
    }

    @Test("the contract's configuration is understood, and what is stored of it reads back as the same")
    func contract() throws {
        let body = try jsonObject(
            """
            {"id":"cfg1","labels":{"a":"b"},"content":{"deviceContent":{"properties.desired.chiller":{"t":5}}},
             "targetCondition":"tags.site='z'","priority":10,
             "metrics":{"queries":{"ok":"SELECT deviceId FROM devices WHERE properties.reported.chiller.status='ok'"}}}
            """
        )
        let request = try ConfigurationRequest(body, id: "cfg1")
        #expect(request.priority == 10 && request.metrics.map(\.name) == ["ok"])
        #expect(request.content.entries == [.init(path: ["chiller"], value: .object(["t": .integer(5)]))])
        #expect(try ConfigurationRequest(request.members, id: "cfg1").members == request.members)
    }

    @Test(
        "contents that no twin could hold, or that say two things of one path, are refused",
        arguments: [
            (#"{"properties.desired.a":1,"properties.desired.b":2}"#, nil),
            (#"{"properties.desired":{"a":1,"b":null}}"#, nil),
            (#"{"properties.desired.a":null}"#, nil),
            (#"{"properties.desired":5}"#, HubError.Code.argumentInvalid),
            (#"{"properties.reported.a":1}"#, .argumentInvalid),
            (#"{"properties":{"desired":{"a":1}}}"#, .argumentInvalid),
            (#"{"properties.desired.a..b":1}"#, .argumentInvalid),
            (#"{"properties.desired.":1}"#, .argumentInvalid),
            (#"{"properties.desired.a b":1}"#, .argumentInvalid),
            (#"{"properties.desired.a":{"x":1},"properties.desired.a.y":1}"#, .argumentInvalid),
            (#"{"properties.desired.a":1,"properties.desired":{"a":1}}"#, .argumentInvalid),
            (#"{"properties.desired.$version":1}"#, .argumentInvalid),
            (#"{"tags.a":1}"#, .argumentInvalid),
        ]
    )
    func contents(content: String, expected: HubError.Code?) throws {
        #expect(try Self.code(#"{"targetCondition":"*","content":{"deviceContent":\#(content)}}"#) == expected)
    }

    @Test(
        "content, condition and metrics fit together",
        arguments: [
            (#"{}"#, nil), (#"{"targetCondition":"tags.a="}"#, HubError.Code.argumentInvalid),
            (#"{"id":"other"}"#, .argumentInvalid), (#"{"priority":-1}"#, .argumentInvalid), (#"{"priority":0}"#, nil),
            (#"{"labels":{"a":1}}"#, .argumentInvalid), (#"{"metrics":{"queries":{"a":"SELECT"}}}"#, .argumentInvalid),
            (#"{"metrics":{"queries":{"a":"SELECT * FROM devices.jobs"}}}"#, .argumentInvalid),
            (#"{"targetCondition":"FROM devices.modules WHERE moduleId='m'","content":{"moduleContent":{}}}"#, nil),
            (#"{"content":{"moduleContent":{"properties.desired.a":1}}}"#, .argumentInvalid),
            (#"{"content":{"modulesContent":{"m":{"properties.desired.a":1}}}}"#, .argumentInvalid),
        ]
    )
    func bodies(body: String, expected: HubError.Code?) throws {
        #expect(try Self.code(body) == expected)
    }

    @Test("a configuration without condition is for no device, one with * for all")
    func condition() throws {
        let none = try ConfigurationRequest([:], id: "c")
        #expect(none.target.condition == .constant(.bool(false)))
        #expect(try ConfigurationRequest(["targetCondition": .string("*")], id: "c").target.condition == nil)
    }
}
