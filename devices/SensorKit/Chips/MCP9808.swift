/// Microchip MCP9808: temperature at 0x18 to 0x1F.
///
/// It measures by itself four times a second, and says 0 °C before its first conversion. So that this never passes for
/// a temperature, its critical limit is set to 255 °C, which a loss of power undoes: then every reading above 0 °C
/// carries the alert bit, and 0 itself is checked.
/// Source: MCP9808 data sheet (DS25095A), sections 5.1 (registers), 5.2.3.1 (critical limit).
package struct MCP9808: I2CChip {
    package static let title = "MCP9808"
    package static let addresses: [UInt8] = Array(0x18...0x1F)
    package static let quantities: [Quantity] = [.temperature]
    package static let flickers = false
    package static let signatures = [
        ChipSignature(
            "MCP9808",
            .register(0x06, count: 2) { $0 == [0x00, 0x54] },  // manufacturer
            .register(0x07, count: 2) { $0[0] == 0x04 }  // device
        )
    ]

    private enum Register {
        static let configuration: UInt8 = 0x01
        static let critical: UInt8 = 0x04
        static let ambient: UInt8 = 0x05
        static let resolution: UInt8 = 0x08
    }

    /// 255 °C.
    private static let criticalMark: UInt16 = 0x0FF0
    /// Set in the ambient register when the temperature is at or above the critical limit.
    private static let criticalAlert: UInt16 = 1 << 15
    /// Longest conversion to 1/16 °C.
    private static let conversionMax: Duration = .milliseconds(250)

    private var isInitialised = false
    private var readyAt: Duration = .zero

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(Register.configuration, 0x00, 0x00)  // measuring, alerts off
        try link.write(Register.resolution, 0x03)  // 1/16 °C
        try link.write(Register.critical, UInt8(Self.criticalMark >> 8), UInt8(Self.criticalMark & 0xFF))
        self.readyAt = link.now + Self.conversionMax
        self.isInitialised = true
    }

    package mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        // Somebody shut it down, or locked limits that were written before: start anew.
        try link.register16(Register.configuration) == 0 ? .fine : .lostPower
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        if !self.isInitialised { try self.initialise(link) }
        return max(.zero, self.readyAt - link.now)
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        let word = try link.register16(Register.ambient)
        if word & Self.criticalAlert != 0 || word & 0x1FFF == 0 {
            guard try link.register16(Register.critical) == Self.criticalMark else {
                self.isInitialised = false
                throw SensorFault(.notReady, "the chip has lost its settings, so this is no measurement")
            }
        }
        return Self.readings(from: word)
    }

    /// Converts the ambient register, alert bits and all; −40…125 °C.
    package static func readings(from word: UInt16) -> [ChannelReading] {
        let sixteenths = Int16(bitPattern: word << 3) >> 3
        return [.checked(.temperature, Double(sixteenths) / 16, in: -40...125, raw: UInt32(word & 0x1FFF))]
    }
}
