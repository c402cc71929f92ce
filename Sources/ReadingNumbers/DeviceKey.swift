/// A device's place in the table of received numbers: 128 bits of a keyed hash of its id.
///
/// The key of the hash is the gateway's secret, so that nobody can choose an id that meets another's; by chance two of a
/// million devices meet once in 10^27 tables.
package struct DeviceKey: Hashable, Sendable {
    package let low: UInt64
    package let high: UInt64

    /// A key as it was stored.
    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The key of `device` or `device/module`.
    package init(of name: String, secret: SipHash.Key) {
        var name = name
        self = name.withUTF8 { bytes in
            let (low, high) = SipHash.hash(UnsafeRawBufferPointer(bytes), key: secret)
            return DeviceKey(low: low, high: high)
        }
    }
}
