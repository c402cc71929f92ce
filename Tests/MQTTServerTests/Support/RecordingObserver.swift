import MQTTServer
import ServerTestSupport
import TelemetryModel

/// Hands what the server observed to the test.
final class RecordingObserver: ConnectionObserving {
    let openings = Mailbox<ConnectionEvent>("an opened connection")
    let closings = Mailbox<(ConnectionEvent, CloseReason)>("a closed connection")
    let ends = Mailbox<ConnectionEnd>("the end of a connection")
    let refusals = Mailbox<ConnectionRefusal>("a refused connection")
    let fullQueues = Mailbox<String>("a full queue")

    func opened(_ connection: ConnectionEvent) { self.openings.push(connection) }

    func closed(_ connection: ConnectionEvent, end: ConnectionEnd) {
        self.closings.push((connection, end.reason))
        self.ends.push(end)
    }

    func refused(_ refusal: ConnectionRefusal) { self.refusals.push(refusal) }
    func sessionQueueFull(principal: Principal, clientID: String) { self.fullQueues.push(clientID) }
}
