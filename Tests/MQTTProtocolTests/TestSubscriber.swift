/// A subscriber of the trees' tests.
final class TestSubscriber: CustomStringConvertible {
    let description: String

    init(_ name: String) {
        self.description = name
    }
}
