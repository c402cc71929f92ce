import TelemetryJSON
package import TelemetryModel

/// One registration with the provisioning service, from CONNACK to the hub that is assigned.
///
/// ```
///   accepted ─► subscribing ─ SUBACK ─► registering ─┬─ assigned ────────────────────────► finished
///                                          ▲  │      └─ assigning ─► resting ─► asking ─┐     ▲
///                                  429, 5xx│  ▼                         ▲      assigning│     │
///                                        resting                        └───────────────┴─────┘
/// ```
/// Pure: the caller owns socket and clock, and carries out what ``next(at:)`` says. Time is monotonic.
/// Source: contract provisioning section 3.
package struct RegistrationExchange: Sendable {
    /// Where the device belongs from now on.
    package struct Assignment: Equatable, Sendable {
        package var hub: String
        package var device: IdentityID

        package init(hub: String, device: IdentityID) {
            self.hub = hub
            self.device = device
        }
    }

    package enum Outcome: Equatable, Sendable {
        case assigned(Assignment)
        /// In words; trying again later is up to the caller.
        case failed(String)
    }

    package enum Action: Equatable, Sendable {
        case subscribe(topic: String)
        /// At QoS 1.
        case publish(topic: String, payload: String)
        /// Nothing to do before `until`.
        case rest(until: Duration)
        case finish(Outcome)
    }

    private enum Request: Equatable {
        case register
        case status(operation: String)
    }

    private enum State {
        case connected
        case subscribing(deadline: Duration)
        case due(Request, at: Duration)
        case asked(Request, requestID: String, deadline: Duration)
        case finished(Outcome)
    }

    private static let filter = "$dps/registrations/res/#"
    private static let answerPrefix = "$dps/registrations/res/"
    /// How long an answer is waited for.
    private static let answerMax: Duration = .seconds(30)
    /// How long the service may take over all.
    private static let exchangeMax: Duration = .seconds(120)
    /// Between two questions when the service does not say.
    private static let retryDefault: Duration = .seconds(2)

    private let id: RegistrationID
    private let giveUpAt: Duration
    private var state = State.connected
    private var requests = 0

    /// - Parameters:
    ///   - id: Who registers.
    ///   - now: The moment of CONNACK.
    package init(id: RegistrationID, at now: Duration) {
        self.id = id
        self.giveUpAt = now + Self.exchangeMax
    }

    /// What to do now.
    package mutating func next(at now: Duration) -> Action {
        if now >= self.giveUpAt, !self.isFinished {
            self.fail("the provisioning service did not assign a hub within \(Self.exchangeMax)")
        }
        switch self.state {
        case .connected:
            self.state = .subscribing(deadline: now + Self.answerMax)
            return .subscribe(topic: Self.filter)
        case .subscribing(let deadline):
            guard now < deadline else { return self.silence() }
            return .rest(until: min(deadline, self.giveUpAt))
        case .due(let request, let instant):
            guard now >= instant else { return .rest(until: min(instant, self.giveUpAt)) }
            self.requests += 1
            let requestID = String(self.requests)
            self.state = .asked(request, requestID: requestID, deadline: now + Self.answerMax)
            return self.publish(request, requestID: requestID)
        case .asked(_, _, let deadline):
            guard now < deadline else { return self.silence() }
            return .rest(until: min(deadline, self.giveUpAt))
        case .finished(let outcome):
            return .finish(outcome)
        }
    }

    /// SUBACK.
    package mutating func subscribed(isGranted: Bool, at now: Duration) {
        guard case .subscribing = self.state else { return }
        guard isGranted else { return self.fail("the provisioning service refuses the subscription") }
        self.state = .due(.register, at: now)
    }

    /// A message; one that answers no open request is left alone.
    package mutating func received(topic: String, payload: [UInt8], at now: Duration) {
        guard case .asked(let request, let requestID, _) = self.state,
            let answer = Answer(topic: topic), answer.requestID == requestID
        else { return }
        let body = try? JSONValue(parsing: payload, depthMax: 16)
        switch answer.status {
        case 200..<300:
            self.accepted(body, request: request, retryAfter: answer.retryAfter, at: now)
        case 429..., ..<200:
            self.state = .due(request, at: now + (answer.retryAfter ?? Self.retryDefault))
        default:
            self.fail("the provisioning service refuses \(self.id) (\(answer.status)): \(Self.message(in: body))")
        }
    }

    private var isFinished: Bool {
        if case .finished = self.state { true } else { false }
    }

    private mutating func accepted(_ body: JSONValue?, request: Request, retryAfter: Duration?, at now: Duration) {
        let object = body?.object
        switch object?["status"]?.string {
        case "assigning":
            let operation: String
            switch (object?["operationId"]?.string, request) {
            case (let id?, _): operation = id
            case (nil, .status(let id)): operation = id
            case (nil, .register): return self.fail("the provisioning service's answer names no operation")
            }
            self.state = .due(.status(operation: operation), at: now + (retryAfter ?? Self.retryDefault))
        case "assigned":
            let registration = object?["registrationState"]?.object
            guard let hub = registration?["assignedHub"]?.string, DeviceConnectionString.isHost(hub),
                let device = registration?["deviceId"]?.string.flatMap({ IdentityID(device: $0) })
            else { return self.fail("the provisioning service assigned no hub and device that can be used") }
            self.state = .finished(.assigned(Assignment(hub: hub, device: device)))
        case let status:
            let text = status.map { "says '\($0.prefix(40))'" } ?? "gives no status"
            self.fail("the provisioning service \(text) for \(self.id): \(Self.message(in: body))")
        }
    }

    private func publish(_ request: Request, requestID: String) -> Action {
        switch request {
        case .register:
            // A registration id has no character that JSON escapes.
            .publish(
                topic: "$dps/registrations/PUT/iotdps-register/?$rid=\(requestID)",
                payload: #"{"registrationId":"\#(self.id)","payload":null}"#
            )
        case .status(let operation):
            .publish(
                topic: "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=\(requestID)&operationId="
                    + PercentEncoding.encode(operation),
                payload: " "
            )
        }
    }

    private mutating func silence() -> Action {
        self.fail("the provisioning service did not answer within \(Self.answerMax)")
        return self.next(at: .zero)
    }

    private mutating func fail(_ message: String) {
        self.state = .finished(.failed(message))
    }

    private static func message(in body: JSONValue?) -> String {
        let registration = body?.object?["registrationState"]?.object
        let text = body?.object?["message"]?.string ?? registration?["errorMessage"]?.string
        return text.map { String($0.prefix(200)) } ?? "no reason given"
    }

    /// `$dps/registrations/res/202/?$rid=1&retry-after=3`.
    private struct Answer {
        var status: Int
        var requestID: String
        var retryAfter: Duration?

        /// Longest wait that is obeyed.
        private static let retryMaxSeconds = 60

        init?(topic: String) {
            guard topic.hasPrefix(RegistrationExchange.answerPrefix) else { return nil }
            let parts = topic.dropFirst(RegistrationExchange.answerPrefix.count)
                .split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count == 3, let status = Int(parts[0]), parts[1].hasPrefix("?") else {
                return nil
            }
            var requestID: String?
            for pair in parts[1].dropFirst().split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard sides.count == 2 else { continue }
                if sides[0] == "$rid" { requestID = String(sides[1]) }
                if sides[0] == "retry-after", let seconds = Int(sides[1]), seconds >= 0 {
                    self.retryAfter = .seconds(min(seconds, Self.retryMaxSeconds))
                }
            }
            guard let requestID else { return nil }
            self.status = status
            self.requestID = requestID
        }
    }
}
