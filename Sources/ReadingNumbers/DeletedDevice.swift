/// A device that was deleted: its numbers are not those of a device that gets its name later.
package struct DeletedDevice: Equatable, Sendable {
    /// Of the device's name.
    package var key: DeviceKey
    /// All records of the deleted device are before it; `nil` while some may still come.
    package var end: SnapshotHeader.Place?

    /// A device that was deleted.
    package init(key: DeviceKey, end: SnapshotHeader.Place?) {
        self.key = key
        self.end = end
    }
}
