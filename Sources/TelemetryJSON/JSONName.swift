/// A text that is compared and hashed by its bytes: JSON tells names apart that Unicode calls canonically equivalent, and a
/// sender who picks such names must not be able to make them collide.
struct JSONName: Hashable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: JSONName, right: JSONName) -> Bool {
        JSONName.areSame(left.text, right.text)
    }

    /// Whether two texts have the same bytes; quick when they have not.
    @inline(__always)
    static func areSame(_ left: String, _ right: String) -> Bool {
        // Of texts that Swift calls equal some have other bytes, so only the rare match is looked at twice.
        left.utf8.count == right.utf8.count && left == right && left.utf8.elementsEqual(right.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var copy = self.text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
