/// The status register that SHT3x and HDC302x have alike, command `F3 2D`.
///
/// Source: SHT3x-DIS data sheet section 4.11; HDC302x data sheet (SNIS223), section 7.5.7.
enum SensirionStatus {
    private static let resetSeen: UInt16 = 1 << 4
    private static let heater: UInt16 = 1 << 13

    /// Reads it, and switches a heater off that is on.
    static func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        try link.write(0xF3, 0x2D)
        guard let status = SensirionCRC.words(in: try link.read(3))?.first else {
            throw SensorFault(.crc, "wrong checksum in the status register")
        }
        if status & self.heater != 0 {
            try link.write(0x30, 0x66)  // heater off
            return .heaterWasOn
        }
        return status & self.resetSeen != 0 ? .lostPower : .fine
    }
}
