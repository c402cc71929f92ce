/// A channel and the name that stands for it in a line.
package struct LineField: Equatable, Sendable {
    package var quantity: Quantity
    package var name: String

    package init(_ quantity: Quantity, name: String) {
        self.quantity = quantity
        self.name = name
    }
}
