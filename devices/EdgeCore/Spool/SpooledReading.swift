/// A reading as a spool file holds it.
package struct SpooledReading: Equatable, Sendable {
    /// Its number in the file's epoch.
    package var number: UInt64
    package var reading: Reading
    /// Whether a parcel begins with it, whatever came before.
    package var begins: Bool
    /// Whether it was given to a gateway before, in a parcel of such readings.
    package var wasSent: Bool

    package init(number: UInt64, reading: Reading, begins: Bool = false, wasSent: Bool = false) {
        self.number = number
        self.reading = reading
        self.begins = begins
        self.wasSent = wasSent
    }
}
