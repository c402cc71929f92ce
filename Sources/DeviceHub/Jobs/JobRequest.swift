package import DeviceRegistry
package import FleetQuery
package import HubProtocol
package import TelemetryJSON
package import TelemetryModel
package import TwinModel

/// A scheduled job as it was asked for, checked.
///
/// `rateLimitPerSecond` and `abortFailedPercent` are Weir's own. Source: contract iothub-rest section 8.
package struct JobRequest: Sendable {
    /// What is done with each device.
    package enum Action: Sendable {
        case updateTwin(TwinPatch, ifMatch: EntityTagCondition)
        case method(MethodCall)
    }

    /// Seconds that a job may take; a day when nothing is said.
    package static let executionSeconds = 1...2_592_000
    package static let executionSecondsDefault = 86_400
    /// Devices that a job may begin with in a second.
    package static let rates = 1...1_000
    package static let rateDefault = 500

    package let kind: JobKind
    package let action: Action
    /// Which devices.
    package let target: QueryTarget
    /// When its devices are looked for; `nil` for now.
    package let startTime: Timestamp?
    /// In ``executionSeconds``, from the start on.
    package let executionSecondsMax: Int
    /// In ``rates``.
    package let ratePerSecond: Int
    /// The job fails when so many percent of the devices that had their turn failed, 1 to 100; `nil` for never.
    package let abortFailedPercent: Int?
    /// What answers repeat of the request, in order.
    package let members: JSONObject

    /// Checks a request's body.
    ///
    /// - Throws: `argumentInvalid`, `tooLarge`.
    package init(_ body: JSONObject) throws(HubError) {
        let body = RequestMembers(object: body)
        let type = try body.string("type") ?? ""
        guard let kind = JobKind(rawValue: type) else {
            let kinds = JobKind.allCases.map(\.rawValue).joined(separator: " or ")
            throw RequestMembers.fault("type", kinds, .string(type))
        }
        self.kind = kind
        let condition = try body.string("queryCondition") ?? "*"
        self.target = try JobRequest.target(condition)
        self.startTime = try body.time("startTime")
        self.executionSecondsMax =
            try body.integer("maxExecutionTimeInSeconds", in: 0...JobRequest.executionSeconds.upperBound)
            .flatMap { $0 == 0 ? nil : $0 } ?? JobRequest.executionSecondsDefault
        let rate = try body.integer("rateLimitPerSecond", in: JobRequest.rates)
        self.ratePerSecond = rate ?? JobRequest.rateDefault
        self.abortFailedPercent = try body.integer("abortFailedPercent", in: 1...100)
        var members: JSONObject = [
            "type": .string(type), "queryCondition": .string(condition),
            "maxExecutionTimeInSeconds": .integer(Int64(self.executionSecondsMax)),
        ]
        if let rate { members["rateLimitPerSecond"] = .integer(Int64(rate)) }
        if let abortFailedPercent { members["abortFailedPercent"] = .integer(Int64(abortFailedPercent)) }
        switch kind {
        case .updateTwin:
            let update = try body.object("updateTwin") ?? [:]
            self.action = try JobRequest.update(update)
            members["updateTwin"] = .object(update)
        case .method:
            let call = try body.object("cloudToDeviceMethod") ?? [:]
            self.action = .method(try JobRequest.call(RequestMembers(object: call)))
            members["cloudToDeviceMethod"] = .object(call)
        }
        self.members = members
    }

    /// Reads the condition of a job.
    ///
    /// - Throws: `argumentInvalid` with the place of the fault.
    static func target(_ condition: String) throws(HubError) -> QueryTarget {
        let target: QueryTarget
        do throws(QuerySyntaxError) {
            target = try QueryTarget(parsing: condition)
        } catch {
            throw HubError(.argumentInvalid, "queryCondition: \(error)")
        }
        guard target.collection != .jobs else {
            throw HubError(
                .argumentInvalid,
                "queryCondition: a job is over devices or devices.modules, not devices.jobs"
            )
        }
        return target
    }

    private static func update(_ body: JSONObject) throws(HubError) -> Action {
        let patch: TwinPatch
        do throws(TwinError) {
            patch = try TwinPatch(.object(body))
        } catch {
            throw HubError(error.status == 413 ? .tooLarge : .argumentInvalid, "updateTwin: \(error)")
        }
        guard patch.tags != nil || patch.desired != nil else {
            throw HubError(.argumentInvalid, "updateTwin has neither tags nor properties.desired: nothing would change")
        }
        let etag = try RequestMembers(object: body).string("etag")
        return .updateTwin(patch, ifMatch: etag.map { EntityTagCondition(header: $0) } ?? .any)
    }

    private static func call(_ body: RequestMembers) throws(HubError) -> MethodCall {
        try MethodCall(
            name: try body.string("methodName") ?? "",
            payload: body.all["payload"].map(\.bytes),
            responseTimeoutSeconds: try body.integer("responseTimeoutInSeconds", in: MethodCall.responseSeconds),
            connectTimeoutSeconds: try body.integer("connectTimeoutInSeconds", in: MethodCall.connectSeconds)
        )
    }
}
