import NIOCore
import ReadingNumbers

/// An event loop's part of the numbering, for other threads.
struct NumbersLoopReference: Sendable {
    let eventLoop: any EventLoop
    let lane: NIOLoopBound<NumbersLoop>

    /// Asks for a device that another loop waits for.
    func recall(_ key: DeviceKey) {
        self.eventLoop.execute { self.lane.value.recall(key) }
    }

    /// Hands a device over.
    func grant(_ key: DeviceKey, _ ranges: ReceivedRanges, isRecalled: Bool) {
        self.eventLoop.execute { self.lane.value.granted(key, ranges, isRecalled: isRecalled) }
    }

    func isSame(as other: NumbersLoopReference) -> Bool { self.eventLoop === other.eventLoop }
}
