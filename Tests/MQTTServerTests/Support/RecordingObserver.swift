import MQTTServer

/// Hands what the server observed to the test.
final class RecordingObserver: ConnectionObserving {
    let openings = Mailbox<ConnectionEvent>("an opened connection")
    let closings = Mailbox<(ConnectionEvent, CloseReason)>("a closed connection")
    let refusals = Mailbox<ConnectionRefusal>("a refused connection")

    func opened(_ connection: ConnectionEvent) { self.openings.push(connection) }
    func closed(_ connection: ConnectionEvent, reason: CloseReason) { self.closings.push((connection, reason)) }
    func refused(_ refusal: ConnectionRefusal) { self.refusals.push(refusal) }
}
