/// A conversion of some values, always or only in messages that say so: `TempUnit` is `F`.
package struct ConversionRule: Equatable, Sendable {
    /// The values it converts.
    package var of: [ValueSelector]
    package var conversion: UnitConversion
    /// Converts only when the text at `path` of the same object is `text`.
    package var condition: Condition?

    /// What a message must say.
    package struct Condition: Equatable, Sendable {
        package var path: [UInt8]
        package var text: [UInt8]

        /// A condition.
        package init(path: String, text: String) {
            self.path = Array(path.utf8)
            self.text = Array(text.utf8)
        }
    }

    /// A conversion.
    package init(of: [ValueSelector], conversion: UnitConversion, condition: Condition? = nil) {
        self.of = of
        self.conversion = conversion
        self.condition = condition
    }
}
