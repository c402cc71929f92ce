/// Chips the agent does not read but knows by name, because they are found where a sensor was expected.
package enum StrangeChips {
    struct Stranger: Sendable {
        let addresses: [UInt8]
        let signature: ChipSignature
    }

    static let signatures: [Stranger] = [
        Stranger(
            addresses: [0x76, 0x77],
            signature: ChipSignature("BMP280", .register(0xD0, count: 1) { [0x56, 0x57, 0x58].contains($0[0]) })
        ),
        Stranger(
            addresses: [0x76, 0x77],
            signature: ChipSignature("BME680", .register(0xD0, count: 1) { $0[0] == 0x61 })
        ),
        Stranger(addresses: [0x40], signature: HTU21.signature("Si7013", id: 0x0D)),
        Stranger(addresses: [0x40], signature: HTU21.signature("Si7020", id: 0x14)),
    ]

    /// What else people should know when it is found instead of another chip; `nil`: nothing.
    package static func remark(on chip: String) -> String? {
        switch chip {
        case "BMP280": "it has no humidity and is often sold as BME280"
        case "BME680": "its commands are others than a BME280's"
        default: nil
        }
    }
}
