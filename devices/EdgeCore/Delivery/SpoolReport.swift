/// How the spool is, as its thread last told it.
package struct SpoolReport: Equatable, Sendable {
    /// Readings in it that no gateway acknowledged, those in flight too.
    package var readings = 0
    /// Its files, bytes.
    package var bytes = 0
    /// Whether there are readings that its thread has not handed out.
    package var hasUntaken = false
    /// When its oldest reading was measured; `nil` when it is empty, ``longAgo`` for one of an earlier boot.
    package var oldest: BootInstant?
    /// Bytes written to the disk's files since the start.
    package var writtenBytes = 0
    /// Damaged files and places found since the start.
    package var damageCount = 0
    /// What does not work; `nil` when all does.
    package var fault: String?

    package init() {}

    /// Before everything; half of what there is, so that differences fit.
    package static let longAgo = BootInstant(milliseconds: .min / 2)
}
