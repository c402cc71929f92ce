import TelemetryModel

/// When a Will is published.
enum WillTime: Equatable {
    /// So many seconds after its connection has ended, or with its session when that ends before. [MQTT-3.1.3-9]
    case afterConnection(delaySeconds: UInt32)
    /// Its connection has ended, and the delay is over then.
    case due(Timestamp)

    /// The first number that means a time of day: more seconds than a delay can have, and as milliseconds long past.
    private static let firstDue = Int64(UInt32.max) + 1

    /// As the journal has it: seconds, or milliseconds since 1970.
    var number: Int64 {
        switch self {
        case .afterConnection(let seconds): Int64(seconds)
        case .due(let time): max(time.milliseconds, WillTime.firstDue)
        }
    }

    /// Reads what ``number`` wrote.
    init(number: Int64) {
        if let seconds = UInt32(exactly: number) {
            self = .afterConnection(delaySeconds: seconds)
        } else {
            self = .due(Timestamp(milliseconds: number))
        }
    }

    /// When it is published, for a connection that ended at `end` and whose session outlives it by so many seconds.
    func due(after end: Timestamp, expirySeconds: UInt32) -> Timestamp {
        switch self {
        case .afterConnection(let delaySeconds):
            Timestamp(milliseconds: end.milliseconds + Int64(min(delaySeconds, expirySeconds)) * 1_000)
        case .due(let time): time
        }
    }

    /// What is published at `due` of what was kept: the life of a Will begins then, and as long as its connection is open
    /// the expiry is counted from 0. §3.1.3.2.4
    func message(_ kept: BrokerMessage, at due: Timestamp) -> BrokerMessage {
        guard case .afterConnection = self, let life = kept.expiresAt else { return kept }
        return kept.expiring(at: Timestamp(milliseconds: due.milliseconds + life.milliseconds))
    }
}
