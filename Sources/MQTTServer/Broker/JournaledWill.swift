import TelemetryModel

/// A Will from CONNECT to its publication; its record in `_mqtt` outlives the process. [MQTT-3.1.2-7]
///
/// It waits for the end of its connection, and then, as another one with its time, for its delay. [MQTT-3.1.3-9]
final class JournaledWill: @unchecked Sendable {  // because its variables are used only under the broker's lock
    /// See ``WillTime/message(_:at:)``.
    let message: BrokerMessage
    let time: WillTime
    /// Number of its session; 0: none outlives its connection.
    let session: Int64
    /// Whose Will; `nil` after a restart without its session.
    let principal: Principal?
    let record: JournalRecord
    /// Published, dropped, or another one now.
    var isOver = false

    init(message: BrokerMessage, time: WillTime, session: Int64, principal: Principal?, record: JournalRecord) {
        self.message = message
        self.time = time
        self.session = session
        self.principal = principal
        self.record = record
    }

    /// Whether its delay is over, though nobody has looked yet.
    func isDue(at now: Timestamp) -> Bool {
        switch self.time {
        case .afterConnection: false
        case .due(let time): time <= now
        }
    }

    /// What is published at `due`.
    func message(at due: Timestamp) -> BrokerMessage { self.time.message(self.message, at: due) }
}
