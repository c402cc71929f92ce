import ReadingNumbers
import Synchronization

/// A part of the received numbers, by the devices' keys.
final class NumbersShard: Sendable {
    /// Who may judge a device's messages.
    struct Owner {
        /// `nil`: nobody yet, what is in the log is being read.
        var loop: NumbersLoopReference?
        /// Whether the loop was told to give the device back.
        var isRecalled = false
        /// Who is next, in order.
        var waiting: [NumbersLoopReference] = []
    }

    struct State {
        var table: ReceivedTable
        var owners: [DeviceKey: Owner] = [:]
        /// Whether the table holds all that is in the log.
        var isReady = false
    }

    let state: Mutex<State>

    init(devicesMax: Int) {
        self.state = Mutex(State(table: ReceivedTable(devicesMax: devicesMax)))
    }
}
