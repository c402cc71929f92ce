/// A way of looking at a series in which something unusual shows.
package enum SeriesView: String, Equatable, Sendable, CaseIterable {
    /// The value's distance from what is expected.
    case value
    /// Its distance from the value before.
    case step
    /// The mean of the last ten distances from what is expected: the level.
    case level
    /// The mean of their magnitudes: the spread.
    case spread
    /// Their mean over about a hundred values.
    case trend
    /// A step far larger than any normal one: a wrong value, a shift of the level, or the end of one.
    case jump
    /// Many large steps in a row: a burst of noise.
    case burst
    /// Equal values for longer than ever before.
    case stuck
    /// Far outside the range of the last days.
    case range
}
