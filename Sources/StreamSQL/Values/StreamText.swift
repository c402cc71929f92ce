/// Texts are the same when their bytes are: what Unicode calls canonically equivalent stays apart, and a sender who picks such
/// texts cannot make them collide.
enum StreamText {
    /// Whether two texts have the same bytes; quick when they have not.
    @inline(__always)
    static func areSame(_ left: String, _ right: String) -> Bool {
        // Of texts that Swift calls equal some have other bytes, so only the rare match is looked at twice.
        left.utf8.count == right.utf8.count && left == right && left.utf8.elementsEqual(right.utf8)
    }

    /// Negative when the first comes first, 0 when they are the same: by bytes, which is by code points.
    static func order(_ left: String, _ right: String) -> Int {
        if StreamText.areSame(left, right) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }

    /// Adds a text's bytes to a hash.
    static func hash(_ text: String, into hasher: inout Hasher) {
        var copy = text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// The same with ASCII letters as capitals: what names of the language are compared by.
    static func capitals(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    }
}
