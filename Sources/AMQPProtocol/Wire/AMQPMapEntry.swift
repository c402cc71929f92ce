/// A key and its value in a map.
package struct AMQPMapEntry: Hashable, Sendable {
    /// Often a symbol or a string.
    package var key: AMQPValue
    /// Any value.
    package var value: AMQPValue

    /// An entry.
    package init(_ key: AMQPValue, _ value: AMQPValue) {
        self.key = key
        self.value = value
    }
}
