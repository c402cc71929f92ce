package import TelemetryModel

/// Hears of connections, for lifecycle records. Called on event loops: returns at once and never waits.
///
/// Every `opened` is followed by one `closed` with the same connection id. Of two connections of one client the newer's
/// `opened` may come before the older's `closed`.
package protocol ConnectionObserving: Sendable {
    /// CONNECT was accepted.
    func opened(_ connection: ConnectionEvent)
    /// An accepted connection ended.
    func closed(_ connection: ConnectionEvent, end: ConnectionEnd)
    /// CONNECT was refused.
    func refused(_ refusal: ConnectionRefusal)
    /// A session's queue is full: what is new for it is dropped. Once, until the queue was empty again.
    func sessionQueueFull(principal: Principal, clientID: String)
}
