import MQTTServer
import ReadingNumbers
import TelemetryModel

/// Something that topic `lifecycle` tells about connections.
enum LifecycleEvent: Equatable, Sendable {
    case opened(ConnectionEvent)
    case closed(ConnectionEvent, ConnectionEnd)
    case refused(ConnectionRefusal)
    /// Refusals that came too fast for a record each.
    case moreRefused(Int)
    /// New messages for a session are dropped until it reads again.
    case queueFull(Principal, clientID: String)
    /// Numbered readings that the log does not have.
    case gap(ReadingGap)
}
