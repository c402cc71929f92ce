/// Whether an event takes part, and at which time.
enum Admission: Equatable, Sendable {
    /// It counts at this time, in milliseconds since 1970.
    case at(Int64)
    /// It is behind its enqueue time by so many milliseconds, more than the tolerance.
    case late(by: Int64)
    /// It is behind the latest event of its timeline by so many milliseconds, more than the tolerance.
    case outOfOrder(by: Int64)
    /// It is ahead of its enqueue time by so many milliseconds, more than the tolerance.
    case early(by: Int64)
}
