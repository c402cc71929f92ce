/// Which values of a message are meant: by their last name (`Temperature`), by their whole path (`AM2301.Temperature`), or all
/// below a path (`update.*`).
package struct ValueSelector: Hashable, Sendable {
    private enum Form: Hashable, Sendable {
        case lastName
        case path
        case below
    }

    private let form: Form
    private let bytes: [UInt8]

    /// A selector from its text. Without a dot it is a last name.
    package init(_ text: String) {
        if text.hasSuffix(".*") {
            self.form = .below
            self.bytes = Array(text.utf8.dropLast())
        } else {
            self.form = text.utf8.contains(UInt8(ascii: ".")) ? .path : .lastName
            self.bytes = Array(text.utf8)
        }
    }

    /// Whether it means the value of this path, whose last name begins at `lastName`.
    func matches(_ path: ArraySlice<UInt8>, lastName: Int) -> Bool {
        switch self.form {
        case .lastName: path[lastName...].elementsEqual(self.bytes) || path.elementsEqual(self.bytes)
        case .path: path.elementsEqual(self.bytes)
        case .below: path.starts(with: self.bytes)
        }
    }

    /// Whether a match names the last level only.
    var isLastName: Bool { self.form == .lastName }
}
