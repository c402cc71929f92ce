import EventLog
import ReadingNumbers
import Synchronization

/// A part of the received numbers, by the devices' keys.
final class NumbersShard: Sendable {
    /// Who may judge a device's messages.
    struct Owner {
        /// `nil`: nobody yet, what is in the log is being read, or the device is being deleted.
        var loop: NumbersLoopReference?
        /// Whether the loop was told to give the device back.
        var isRecalled = false
        /// Who is next, in order.
        var waiting: [NumbersLoopReference] = []
        /// The device was deleted, and what it had on its way may still come.
        var isDeleted = false
        /// Deletions whose connections are being closed.
        var deletions = 0

        /// Nothing of a deleted device can come any more.
        var isDeletionDue: Bool { self.isDeleted && self.deletions == 0 && self.loop == nil }
    }

    /// What the log has of a deleted device.
    struct Deletion {
        /// All of it is before this place; `nil`: more may come.
        var end: LogPosition?

        func covers(_ position: LogPosition) -> Bool { self.end.map { position < $0 } ?? true }
    }

    struct State {
        var table: ReceivedTable
        var owners: [DeviceKey: Owner] = [:]
        /// Whether the table holds all that is in the log.
        var isReady = false
        /// Devices that were deleted, until a snapshot covers all that the log has of them.
        var deletions: [DeviceKey: Deletion] = [:]
    }

    let state: Mutex<State>

    init(devicesMax: Int) {
        self.state = Mutex(State(table: ReceivedTable(devicesMax: devicesMax)))
    }
}
