import MQTTCodec
import MQTTProtocol
import NIOCore

extension ConnectionHandler {
    /// Silence counts from here while it is the server that does not read.
    func noteIfNotReading() {
        if self.isReadPending { self.lifecycle.notReading(at: self.now) }
    }

    /// Asks the lifecycle what is due and comes again when it says.
    func tick() {
        self.now = self.loop.uptime
        self.noteIfNotReading()
        self.timer?.cancel()
        self.timer = nil
        switch self.lifecycle.tick(at: self.now) {
        case .wake(let due):
            let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, due.wholeNanoseconds)))
            self.timer = self.loop.eventLoop.scheduleTask(deadline: deadline) { self.tick() }
        case .close(.connect): self.close(.connectTimeout)
        case .close(.authentication):
            self.refuse(.serverUnavailable, reason: "the decision about CONNECT took too long")
        case .close(.keepAlive): self.close(.keepAliveTimeout)
        case .close(.expiry): self.close(.credentialsExpired)
        case .stop: break
        }
    }
}
