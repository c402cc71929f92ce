internal import DeviceRegistry
internal import HubProtocol
internal import TelemetryJSON
internal import TelemetryModel
internal import TwinModel

/// One device's turn in a job: what is done, and how it ended.
struct JobTurn: Sendable {
    /// How often a turn is tried that the hub is too busy for.
    static let triesMax = 5

    let job: StoredJob
    let request: JobRequest
    let id: IdentityID
    /// Whether a crash came into the turn: what it did before is not known.
    let isInterrupted: Bool

    /// Does it. Twins that have what an interrupted turn would write are not written again; methods are called at most once.
    func outcome(by fleet: any FleetActing, now: @Sendable () -> Timestamp) async -> DeviceJobOutcome {
        var tries = 1
        while true {
            do throws(HubError) {
                let members = try await self.carryOut(by: fleet)
                return self.outcome(true, members, at: now())
            } catch {
                let isBusy = error.code == .throttled || error.code == .unavailable
                if isBusy, tries < JobTurn.triesMax, (try? await Task.sleep(for: .seconds(tries))) != nil {
                    tries += 1
                    continue
                }
                return self.outcome(false, JobTurn.members(of: error), at: now())
            }
        }
    }

    private func carryOut(by fleet: any FleetActing) async throws(HubError) -> JSONObject {
        let author = "job:\(self.job.id)"
        switch self.request.action {
        case .updateTwin(let patch, let condition):
            if self.isInterrupted, patch.isFulfilled(by: try await fleet.twin(self.id).document) { return [:] }
            _ = try await fleet.update(self.id, patch, ifMatch: condition, author: author)
            return [:]
        case .method(let call):
            guard !self.isInterrupted else {
                let what = "the gateway stopped during the call; whether the device has carried it out is not known"
                throw HubError(.serverError, what)
            }
            let answer = try await fleet.invoke(self.id, call, author: author)
            let payload = (try? JSONValue(parsing: answer.payload)) ?? .null
            let response: JSONObject = ["status": .integer(Int64(answer.status)), "payload": payload]
            return ["outcome": .object(["deviceMethodResponse": .object(response)])]
        }
    }

    private func outcome(_ hasSucceeded: Bool, _ members: JSONObject, at now: Timestamp) -> DeviceJobOutcome {
        DeviceJobOutcome(
            job: self.job.number,
            id: self.id,
            hasSucceeded: hasSucceeded,
            members: members,
            endedAt: now
        )
    }

    private static func members(of error: HubError) -> JSONObject {
        ["error": .object(["code": .string(error.code.rawValue), "description": .string(error.message)])]
    }
}
