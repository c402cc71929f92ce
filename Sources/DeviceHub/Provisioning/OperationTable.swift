internal import HubProtocol
internal import TelemetryModel

/// Registrations that were asked for lately, by their operation ids. Pure.
///
/// - Of one registration id one operation runs at a time.
/// - A finished one can be asked for during ``life``; beyond ``countMax`` the oldest is forgotten.
struct OperationTable {
    /// What became of an operation.
    enum Found: Equatable {
        /// Nobody knows it, or it is another registration's.
        case unknown
        case running
        case done(ProvisioningAnswer)
    }

    /// How long an operation id is good for. Source: contract provisioning section 5, "some minutes".
    static let life: Duration = .seconds(600)
    /// Operations that are remembered at most.
    static let countMax = 65_536

    private struct Operation {
        var id: RegistrationID
        var answer: ProvisioningAnswer?
        var endsAt: Timestamp
    }

    private var operations: [String: Operation] = [:]
    /// In the order of their beginnings; those of ended ones may be in it no more.
    private var order: [String] = []
    private var firstPlace = 0
    private var running: Set<String> = []

    /// Operations that run.
    var runningCount: Int { self.running.count }
    /// Operations that are remembered.
    var count: Int { self.operations.count }

    /// Begins an operation; false when one of this registration runs.
    mutating func begin(_ operation: String, of id: RegistrationID, at now: Timestamp) -> Bool {
        guard self.running.insert(id.key).inserted else { return false }
        self.forget(at: now)
        self.operations[operation] = Operation(id: id, answer: nil, endsAt: now + OperationTable.life)
        self.order.append(operation)
        return true
    }

    /// An operation is done.
    mutating func end(_ operation: String, of id: RegistrationID, _ answer: ProvisioningAnswer) {
        self.running.remove(id.key)
        self.operations[operation]?.answer = answer
    }

    /// What became of an operation of this registration.
    func find(_ operation: String, of id: RegistrationID, at now: Timestamp) -> Found {
        guard let found = self.operations[operation], found.id.key == id.key, now < found.endsAt else {
            return .unknown
        }
        return found.answer.map(Found.done) ?? .running
    }

    private mutating func forget(at now: Timestamp) {
        while self.firstPlace < self.order.count {
            let first = self.order[self.firstPlace]
            let isOver = self.operations[first].map { $0.endsAt <= now } ?? true
            guard isOver || self.operations.count >= OperationTable.countMax else { break }
            self.operations[first] = nil
            self.firstPlace += 1
        }
        // Moved seldom enough that it costs nothing per operation.
        if self.firstPlace > 1_024, self.firstPlace * 2 > self.order.count {
            self.order.removeFirst(self.firstPlace)
            self.firstPlace = 0
        }
    }
}
