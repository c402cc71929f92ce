/// What a message says of the numbers of its readings, by application properties.
///
/// | property | value |
/// | --- | --- |
/// | `weir-epoch` | 0 to 4294967295: counts the starts of the device |
/// | `weir-seq` | 0 to 4611686018427387903: number of the message's first reading in the epoch |
/// | `weir-count` | 1 to 1048576: readings in the message |
/// | `weir-dropped` | `[EPOCH:]FIRST-LAST[,…]`, at most 64: readings the device gave up; without an epoch of the message's |
///
/// All are decimal digits and nothing else. Source: DESIGN section 5; `weir-dropped` is Weir's own.
///
/// A class, since a message without numbers must not pay for the place of one with them.
package final class MessageNumbers: Sendable {
    /// What all names begin with.
    package static let namePrefix = "weir-"
    package static let epochName = "weir-epoch"
    package static let firstName = "weir-seq"
    package static let countName = "weir-count"
    package static let droppedName = "weir-dropped"
    /// Spans that one `weir-dropped` may name.
    package static let droppedMax = 64

    /// The message's own readings; `nil` when it does not number them, or not in the way above.
    package let span: ReadingSpan?
    /// Readings that the device says it will never send.
    package let dropped: [ReadingSpan]
    /// Whether something was there that could not be read: that part is as if it were not there.
    package let isMalformed: Bool

    /// Numbers of a message.
    package init(span: ReadingSpan?, dropped: [ReadingSpan] = [], isMalformed: Bool = false) {
        self.span = span
        self.dropped = dropped
        self.isMalformed = isMalformed
    }
}

extension MessageNumbers: Equatable {
    package static func == (one: MessageNumbers, other: MessageNumbers) -> Bool {
        one.span == other.span && one.dropped == other.dropped && one.isMalformed == other.isMalformed
    }
}
