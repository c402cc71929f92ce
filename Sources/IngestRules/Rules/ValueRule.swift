/// One entry of an explicit map: this value of the message, under this name.
package struct ValueRule: Equatable, Sendable {
    /// Its whole path in the payload, or the whole name of a metric.
    package var path: [UInt8]
    /// Its name in the record.
    package var name: [UInt8]
    package var conversion: UnitConversion?

    /// An entry.
    package init(path: String, name: String, conversion: UnitConversion? = nil) {
        self.path = Array(path.utf8)
        self.name = Array(name.utf8)
        self.conversion = conversion
    }
}
