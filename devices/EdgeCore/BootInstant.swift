/// A point of time on the system's CLOCK_BOOTTIME, which starts with the boot, counts suspended time too and never steps.
///
/// It means a wall time only together with its ``BootID`` and that boot's offset: wall = boot time + offset.
package struct BootInstant: Hashable, Sendable {
    /// Milliseconds since the boot.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }
}

extension BootInstant: Comparable {
    package static func < (left: BootInstant, right: BootInstant) -> Bool { left.milliseconds < right.milliseconds }
}

extension BootInstant {
    /// So many milliseconds later.
    package static func + (left: BootInstant, milliseconds: Int64) -> BootInstant {
        BootInstant(milliseconds: left.milliseconds + milliseconds)
    }
}
