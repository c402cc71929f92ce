/// Texas Instruments TMP117: temperature at 0x48 to 0x4B.
///
/// One-shots that average eight conversions; in between it sleeps, so that it does not warm itself.
/// Source: TMP117 data sheet (SNOSD82), sections 7.3.2 (averaging), 7.6 (registers).
package struct TMP117: I2CChip {
    package static let title = "TMP117"
    package static let addresses: [UInt8] = [0x48, 0x49, 0x4A, 0x4B]
    package static let quantities: [Quantity] = [.temperature]
    package static let flickers = false
    package static let signatures = [
        ChipSignature("TMP117", .register(0x0F, count: 2) { $0[0] & 0x0F == 0x01 && $0[1] == 0x17 })
    ]

    private enum Register {
        static let temperature: UInt8 = 0x00
        static let configuration: UInt8 = 0x01
    }

    private enum Configuration {
        static let dataReady: UInt16 = 1 << 13
        static let mode: UInt16 = 0b11 << 10
        /// What a finished one-shot leaves.
        static let shutdown: UInt16 = 0b01 << 10
    }

    /// Eight conversions of 17.5 ms.
    private static let conversionMax: Duration = .milliseconds(140)
    /// The register before the first conversion: −256 °C.
    private static let neverMeasured: UInt16 = 0x8000

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(Register.configuration, 0x00, 0x02)  // soft reset, 2 ms
        link.pause(.milliseconds(2))
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try link.write(Register.configuration, 0x0C, 0x20)  // one-shot of eight
        return Self.conversionMax
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        // There is no checksum: a floating line reads as −0.01 °C, but not as a finished one-shot.
        let configuration = try link.register16(Register.configuration)
        let finished = Configuration.dataReady | Configuration.shutdown
        guard configuration & (Configuration.dataReady | Configuration.mode) == finished else {
            throw SensorFault(.notReady, "the chip did not finish its measurement; it may have lost power")
        }
        return try Self.readings(from: try link.register16(Register.temperature))
    }

    /// Converts the result register, 1/128 °C; −55…150 °C.
    package static func readings(from word: UInt16) throws(SensorFault) -> [ChannelReading] {
        guard word != Self.neverMeasured else { throw SensorFault(.notReady, "the chip has not measured yet") }
        let value = Double(Int16(bitPattern: word)) * 0.007_812_5
        return [.checked(.temperature, value, in: -55...150, raw: UInt32(word))]
    }
}
