package import TelemetryJSON

/// What the agent and its hub say to each other besides telemetry: the twin, and direct methods.
///
/// ```
///  connected ─► subscribe ×3 ─► asking ─ 200 ─► known ─ desired patch ─► asking …
///                                 └─ no answer, refused ─► waiting (30 s … 10 min) ─► asking
///  known ─ reported differs ─► one PATCH at a time, seldom ─ 204 ─► what the hub knows
/// ```
/// A desired patch is only a notice: the twin is read again whole, since a patch does not tell an update from a replacement
/// and those on the way while it is read may be in it or not.
///
/// Pure: the caller owns socket and clock, reports what happened, and carries out ``takeActions()``. Time is monotonic.
/// Everything is forgotten with the connection, except what was applied and what is to be reported.
/// Source: iothub-mqtt contract sections 5 to 8; twins contract.
package struct DeviceConversation: Sendable {
    /// One call of a direct method, to be answered on the connection it came on.
    package struct Call: Equatable, Sendable {
        package let connection: Int
        package let requestID: String
        package let name: String
        package let payload: [UInt8]
    }

    package enum Action: Equatable, Sendable {
        case subscribe(String)
        /// At QoS 0.
        case send(topic: String, payload: [UInt8])
        /// The desired properties are these now, without `$version`.
        case apply(desired: JSONObject, version: Int64)
        /// Carry it out and report ``answer(_:status:payload:)``.
        case perform(Call)
        case log(LogLevel, String)
    }

    package struct Timing: Equatable, Sendable {
        /// How long an answer about the twin may take.
        package var answerMax: Duration = .seconds(30)
        /// First wait after one that did not come or refused; doubles up to ``retryMax``.
        package var retryMin: Duration = .seconds(30)
        package var retryMax: Duration = .seconds(600)
        /// How long applied settings have to show in what is to be reported.
        package var applyMax: Duration = .milliseconds(500)
        /// Least time between two reports.
        package var reportPause: Duration = .seconds(5)

        package init() {}
    }

    /// Calls not yet answered, at most; further ones are refused with 429.
    package static let callsMax = 16

    private enum Twin: Equatable {
        case offline
        /// A patch that came meanwhile makes the answer old.
        case asking(requestID: String, deadline: Duration, again: Bool)
        case waiting(until: Duration)
        case known
    }

    private enum Report: Equatable {
        case idle(since: Duration?)
        case sending(requestID: String, patch: JSONObject, deadline: Duration)
        case waiting(until: Duration)
        /// The hub does not take it; only another one is tried.
        case refused(JSONObject)
    }

    private let timing: Timing
    private var twin = Twin.offline
    private var report = Report.idle(since: nil)
    private var retries = 0
    private var connection = 0
    private var requests = 0
    private var openCalls = 0
    private var actions: [Action] = []
    /// The section as it was last applied.
    private var applied: JSONObject?
    /// The reported section as the hub has it; `nil`: not known.
    private var reportedKnown: JSONObject?
    private var reportedWanted = JSONObject()
    /// The difference to report; `nil` when there is none or the hub's side is not known.
    private var patch: JSONObject?

    package init(timing: Timing = Timing()) {
        self.timing = timing
    }

    /// What to do now, in order.
    package mutating func takeActions() -> [Action] {
        guard !self.actions.isEmpty else { return [] }
        defer { self.actions = [] }
        return self.actions
    }

    /// When ``tick(at:)`` is due; `nil`: not before something happens.
    package var wakeAt: Duration? {
        switch (self.twin, self.report) {
        case (.offline, _): nil
        case (.asking(_, let deadline, _), _): deadline
        case (.waiting(let until), _): until
        case (.known, .sending(_, _, let deadline)): deadline
        case (.known, .waiting(let until)): until
        case (.known, .idle(let since)):
            self.patch == nil ? nil : since.map { $0 + self.timing.reportPause } ?? .zero
        case (.known, .refused): nil
        }
    }

    // MARK: The connection

    package mutating func connected(at now: Duration) {
        self.disconnected()
        self.connection += 1
        self.actions = HubTopic.filters.map { .subscribe($0) }
        self.ask(at: now)
    }

    package mutating func disconnected() {
        self.twin = .offline
        self.report = .idle(since: nil)
        self.reportedKnown = nil
        self.patch = nil
        self.openCalls = 0
        self.retries = 0
        self.actions = []
    }

    package mutating func received(topic: String, payload: [UInt8], at now: Duration) {
        guard self.twin != .offline, let topic = HubTopic(topic) else { return }
        switch topic {
        case .twinAnswer(let status, let requestID): self.answered(requestID, status: status, payload, at: now)
        case .desiredPatch: self.noticed(at: now)
        case .method(let name, let requestID):
            let call = Call(connection: self.connection, requestID: requestID, name: name, payload: payload)
            self.openCalls += 1
            if self.openCalls > Self.callsMax {
                let answer: JSONObject = ["error": .string("\(Self.callsMax) calls wait for their answers already")]
                self.answer(call, status: 429, payload: answer.bytes)
            } else {
                self.actions.append(.perform(call))
            }
        }
    }

    /// Time has passed.
    package mutating func tick(at now: Duration) {
        guard let wakeAt = self.wakeAt, now >= wakeAt else { return }
        switch self.twin {
        case .offline: return
        case .asking: self.retry(at: now, why: "the gateway does not answer for the twin")
        case .waiting: self.ask(at: now)
        case .known:
            switch self.report {
            case .idle, .waiting: self.sendReport(at: now)
            // Whether it was taken is not known: the twin says.
            case .sending: self.ask(at: now)
            case .refused: return
            }
        }
    }

    // MARK: Methods

    /// A call is done. Nothing is sent when its connection has gone.
    ///
    /// - Parameters:
    ///   - call: As it was given to be performed.
    ///   - status: The method's own status, as HTTP numbers them.
    ///   - payload: JSON, at most 128 KiB.
    package mutating func answer(_ call: Call, status: Int, payload: [UInt8]) {
        guard call.connection == self.connection, self.twin != .offline else { return }
        self.openCalls = max(self.openCalls - 1, 0)
        self.actions.append(.send(topic: HubTopic.methodAnswer(call.requestID, status: status), payload: payload))
    }

    // MARK: Reported properties

    /// What the reported section should say from now on; the differences are sent when they may be.
    package mutating func wants(reported: JSONObject, at now: Duration) {
        self.reportedWanted = reported
        self.compare()
        if case .refused(let document) = self.report, document != reported { self.report = .idle(since: now) }
        self.tick(at: now)
    }

    private mutating func compare() {
        guard let known = self.reportedKnown else {
            self.patch = nil
            return
        }
        let patch = TwinDifference.patch(from: known, to: self.reportedWanted)
        self.patch = patch.isEmpty ? nil : patch
    }

    private mutating func sendReport(at now: Duration) {
        guard let patch = self.patch else {
            self.report = .idle(since: nil)
            return
        }
        let requestID = self.nextRequestID()
        let deadline = now + self.timing.answerMax
        self.report = .sending(requestID: requestID, patch: patch, deadline: deadline)
        self.actions.append(.send(topic: HubTopic.reportedPatch(requestID), payload: patch.bytes))
    }

    private mutating func reported(_ patch: JSONObject, status: Int, at now: Duration) {
        switch status {
        case 200..<300:
            self.reportedKnown = TwinDifference.merged(self.reportedKnown ?? JSONObject(), with: patch)
            self.compare()
            self.report = .idle(since: now)
        case 429, 500...:
            self.report = .waiting(until: now + self.timing.retryMin)
        default:
            self.report = .refused(self.reportedWanted)
            self.actions.append(.log(.warning, "the gateway refuses the reported properties (status \(status))"))
        }
    }

    // MARK: The twin

    private mutating func ask(at now: Duration) {
        let requestID = self.nextRequestID()
        self.report = .idle(since: nil)
        self.twin = .asking(requestID: requestID, deadline: now + self.timing.answerMax, again: false)
        self.actions.append(.send(topic: HubTopic.twinRequest(requestID), payload: [0x20]))
    }

    private mutating func noticed(at now: Duration) {
        switch self.twin {
        case .offline: return
        case .asking(let requestID, let deadline, _):
            self.twin = .asking(requestID: requestID, deadline: deadline, again: true)
        case .waiting, .known: self.ask(at: now)
        }
    }

    private mutating func answered(_ requestID: String, status: Int, _ payload: [UInt8], at now: Duration) {
        if case .asking(requestID, _, let again) = self.twin {
            self.twinAnswered(status: status, payload, again: again, at: now)
        } else if case .sending(requestID, let patch, _) = self.report {
            self.reported(patch, status: status, at: now)
        }
        // Any other is the answer to a question that was given up.
    }

    private mutating func twinAnswered(status: Int, _ payload: [UInt8], again: Bool, at now: Duration) {
        guard status == 200 else { return self.retry(at: now, why: "the gateway refuses the twin (status \(status))") }
        guard let twin = (try? JSONValue(parsing: payload))?.object, var desired = twin["desired"]?.object,
            let version = desired["$version"]?.integer
        else { return self.retry(at: now, why: "the gateway's answer for the twin cannot be read") }
        guard !again else { return self.ask(at: now) }
        desired["$version"] = nil
        desired["$metadata"] = nil
        var reported = twin["reported"]?.object ?? JSONObject()
        reported["$version"] = nil
        reported["$metadata"] = nil
        self.retries = 0
        self.twin = .known
        self.reportedKnown = reported
        self.compare()
        guard desired != self.applied else { return self.sendReport(at: now) }
        self.applied = desired
        self.actions.append(.apply(desired: desired, version: version))
        // What they change is reported with the rest.
        self.report = .waiting(until: now + self.timing.applyMax)
    }

    private mutating func retry(at now: Duration, why: String) {
        let wait = min(self.timing.retryMin * (1 << min(self.retries, 20)), self.timing.retryMax)
        if self.retries == 0 { self.actions.append(.log(.warning, "\(why); asking again until it does")) }
        self.retries += 1
        self.twin = .waiting(until: now + wait)
    }

    private mutating func nextRequestID() -> String {
        self.requests += 1
        return "\(self.connection)-\(self.requests)"
    }
}
