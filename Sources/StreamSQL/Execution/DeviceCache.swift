/// Devices by number, with the text of their id: made once, not for each record. Never in a snapshot, since no result depends
/// on it.
struct DeviceCache: Sendable {
    /// Beyond so many it begins anew.
    private static let countMax = 1 << 20

    private var keys = KeyTable()
    private(set) var names: [StreamValue] = []

    /// The number of a known device.
    @inline(__always)
    func number(of key: UnsafeBufferPointer<UInt8>) -> Int? { self.keys.number(of: key) }

    /// Adds a device.
    ///
    /// - Returns: Its number, and whether all others have been forgotten before.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> (number: Int, isAnew: Bool) {
        let isAnew = self.keys.count >= DeviceCache.countMax
        if isAnew { self = DeviceCache() }
        self.names.append(.nvarchar(String(decoding: key, as: UTF8.self)))
        return (self.keys.insert(Array(key)), isAnew)
    }
}
