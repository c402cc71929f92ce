import DeviceHub
import FleetQuery
import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("Requests for jobs, contract iothub-rest section 8")
struct JobRequestTests {
    private static let update = #""type":"scheduleUpdateTwin","updateTwin":{"tags":{"a":1}}"#

    @Test("the contract's twin update is understood")
    func updateTwin() throws {
        let request = try JobRequest(
            try jsonObject(
                """
                {"jobId":"j1","type":"scheduleUpdateTwin","updateTwin":{"properties":{"desired":{"job":1}},"etag":"*"},
                 "queryCondition":"tags.site = 'z'","startTime":"2026-11-21T03:53:57.155766Z","maxExecutionTimeInSeconds":60}
                """
            )
        )
        guard case .updateTwin(let patch, .any) = request.action else {
            Issue.record("\(request.action)")
            return
        }
        #expect(patch.desired?.members == ["job": .integer(1)])
        #expect(request.startTime == Timestamp(iso8601: "2026-11-21T03:53:57.155Z"))
        #expect(request.executionSecondsMax == 60)
        #expect(request.target.description == "tags.site = 'z'")
        #expect(request.ratePerSecond == JobRequest.rateDefault && request.abortFailedPercent == nil)
    }

    @Test("the contract's method call is understood, and its payload goes on as JSON")
    func method() throws {
        let request = try JobRequest(
            try jsonObject(
                """
                {"jobId":"j2","type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"cmd","payload":{"a":1},
                 "responseTimeoutInSeconds":5,"connectTimeoutInSeconds":0},"queryCondition":"deviceId IN ['d-1','d-2']"}
                """
            )
        )
        guard case .method(let call) = request.action else {
            Issue.record("\(request.action)")
            return
        }
        #expect(call.name == "cmd" && call.responseTimeoutSeconds == 5)
        #expect(String(decoding: call.payload, as: UTF8.self) == #"{"a":1}"#)
    }

    @Test("what is stored of a request reads back as the same")
    func stored() throws {
        let body = #"{\#(Self.update),"rateLimitPerSecond":7,"abortFailedPercent":50,"queryCondition":null,"x":1}"#
        let request = try JobRequest(try jsonObject(body))
        let again = try JobRequest(request.members)
        #expect(again.members == request.members)
        #expect(again.ratePerSecond == 7 && again.abortFailedPercent == 50 && again.target.condition == nil)
    }

    @Test(
        "limits hold on both sides",
        arguments: [
            (#""maxExecutionTimeInSeconds":2592000"#, true), (#""maxExecutionTimeInSeconds":2592001"#, false),
            (#""maxExecutionTimeInSeconds":0"#, true), (#""maxExecutionTimeInSeconds":-1"#, false),
            (#""rateLimitPerSecond":1"#, true), (#""rateLimitPerSecond":0"#, false),
            (#""rateLimitPerSecond":1000"#, true), (#""rateLimitPerSecond":1001"#, false),
            (#""abortFailedPercent":1"#, true), (#""abortFailedPercent":0"#, false),
            (#""abortFailedPercent":100"#, true), (#""abortFailedPercent":101"#, false),
            (#""abortFailedPercent":1.5"#, false), (#""startTime":"tomorrow""#, false), (#""startTime":5"#, false),
            (#""queryCondition":"tags.a ="#, false), (#""queryCondition":"""#, true),
            (#""queryCondition":"FROM devices.modules WHERE moduleId = 'm'""#, true),
            (#""queryCondition":"FROM devices.jobs WHERE jobId = 'm'""#, false),
        ]
    )
    func limits(member: String, isGood: Bool) throws {
        guard let body = try? jsonObject("{\(Self.update),\(member)}") else {
            #expect(!isGood)
            return
        }
        let code: HubError.Code?
        do throws(HubError) {
            _ = try JobRequest(body)
            code = nil
        } catch {
            code = error.code
        }
        #expect(code == (isGood ? nil : .argumentInvalid))
    }

    @Test(
        "requests that could do nothing are refused",
        arguments: [
            "{}", #"{"type":"export"}"#, #"{"type":"scheduleUpdateTwin"}"#,
            #"{"type":"scheduleUpdateTwin","updateTwin":{"properties":{"reported":{"a":1}}}}"#,
            #"{"type":"scheduleUpdateTwin","updateTwin":{"tags":{"a.b":1}}}"#,
            #"{"type":"scheduleDeviceMethod"}"#,
            #"{"type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":""}}"#,
            #"{"type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"a","responseTimeoutInSeconds":4}}"#,
        ]
    )
    func refused(body: String) throws {
        let body = try jsonObject(body)
        #expect(throws: HubError.self) { try JobRequest(body) }
    }
}
