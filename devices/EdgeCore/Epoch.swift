/// The number of this start: never one that the device has used before, if that can be known.
///
/// The gateway drops a message when it knows all its numbers in its epoch. A used epoch would lose readings; a skipped one
/// costs nothing.
package enum Epoch {
    /// - Parameters:
    ///   - stored: What the state folder has of the last start; `nil` when it is lost, or this is the first.
    ///   - spooled: The highest epoch of readings in the spool.
    ///   - clockSeconds: The wall clock, seconds since 1970, right or wrong.
    ///   - floorSeconds: A time that has surely passed: the program's build.
    ///   - isClockTrusted: Whether the clock is known to be right.
    ///   - random: Up to 2^16 - 1; parts starts of a device whose clock always begins at the same time.
    /// - Returns: One more than the last; without one the seconds since 1970, which are above every count of starts.
    package static func next(
        stored: UInt32?,
        spooled: UInt32?,
        clockSeconds: Int64,
        floorSeconds: Int64,
        isClockTrusted: Bool,
        random: UInt16
    ) -> UInt32 {
        let lost = max(clockSeconds, floorSeconds) + (isClockTrusted ? 0 : Int64(random))
        let base = stored.map { Int64($0) + 1 } ?? lost
        return UInt32(clamping: max(base, Int64(spooled ?? 0) + 1))
    }

    /// Reads the state folder's file: decimal digits and a line end; `nil` for anything else.
    package static func parse(_ bytes: [UInt8]) -> UInt32? {
        guard let text = String(validating: bytes, as: UTF8.self), text.utf8.last == UInt8(ascii: "\n") else {
            return nil
        }
        let digits = text.dropLast()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt32(digits)
    }

    /// The state folder's file.
    package static func bytes(_ epoch: UInt32) -> [UInt8] { Array("\(epoch)\n".utf8) }
}
