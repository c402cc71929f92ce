/// What a change of ranges led to besides.
package struct NumberEffects: Sendable {
    /// Ranges that are not known any more.
    package var forgotten = 0
    /// Readings that are told as missing now.
    package var gaps: [(span: ReadingSpan, reason: ReadingGap.Reason)] = []

    /// Nothing happened.
    package init() {}
}
