import FleetModel
import NIOCore
import TelemetryJSON
import TelemetryModel

/// A simulated device's readings as its messages.
///
/// Readings that could not be sent in time wait without being made: the model gives them in order, with the time they
/// were due, when there is a connection again. Confined to its event loop.
final class ScenarioFeed: DeviceFeed {
    var onLoaded: (() -> Void)?

    private var device: FleetDevice
    private let startTime: Timestamp
    /// Since the start; readings due then or later are not made.
    private let end: Duration?
    private var writer = JSONWriter()

    /// - Parameters:
    ///   - device: before its first reading.
    ///   - startTime: the time of day at the start.
    ///   - end: how long the run lasts; `nil`: until it is stopped.
    init(device: FleetDevice, startTime: Timestamp, end: Duration?) {
        self.device = device
        self.startTime = startTime
        self.end = end
    }

    func next(at elapsed: Duration) -> FeedStep {
        let due = self.device.nextDue
        if let end = self.end, due >= end { return elapsed >= end ? .finished : .due(end) }
        guard due <= elapsed else { return .due(due) }
        let number = self.device.nextNumber
        self.writer.removeAll()
        self.device.next().write(into: &self.writer, startedAt: self.startTime)
        return .message(OutgoingMessage(number: number, payload: ByteBuffer(bytes: self.writer.bytes)))
    }

    func stored(_ numbers: [Int]) {}
}
