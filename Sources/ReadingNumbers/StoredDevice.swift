/// A device of a ``ReceivedTable``, as it is stored.
package struct StoredDevice: Equatable, Sendable {
    package var key: DeviceKey
    package var ranges: ReceivedRanges
    /// Its id, when readings are waited for from it.
    package var name: String?

    /// A device.
    package init(key: DeviceKey, ranges: ReceivedRanges, name: String?) {
        self.key = key
        self.ranges = ranges
        self.name = name
    }
}
