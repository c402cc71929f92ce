import ReadingNumbers

/// A device that numbers its readings and is connected to this event loop; confined to it.
final class NumberedDevice {
    let key: DeviceKey
    /// `device` or `device/module`.
    let name: String
    var numbers: DeviceNumbers
    /// Connections that judge by it.
    var users = 0
    /// Another loop waits for it: nothing more is staged.
    var isRecalled = false

    init(key: DeviceKey, name: String, numbers: DeviceNumbers) {
        self.key = key
        self.name = name
        self.numbers = numbers
    }

    /// Whether it is free for others.
    var isIdle: Bool { self.numbers.unsettled == 0 && (self.users == 0 || self.isRecalled) }
}

/// A numbered message that is staged.
struct StagedNumbers {
    let device: NumberedDevice
    let numbers: MessageNumbers
}
