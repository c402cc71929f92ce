/// What is known of chips behind kernel drivers, by the driver's name.
package struct KernelDriver: Equatable, Sendable {
    /// °C the chip can measure.
    package let temperatureRange: ClosedRange<Double>
    /// Results of 14 bits or more always flicker: constant ones for long mean a stuck chip.
    package let flickers: Bool

    private static let known: [String: KernelDriver] = [
        "sht3x": KernelDriver(-40...125), "sts3x": KernelDriver(-40...125), "sht4x": KernelDriver(-40...125),
        "shtc1": KernelDriver(-40...125), "shtc3": KernelDriver(-40...125), "sht21": KernelDriver(-40...125),
        "aht10": KernelDriver(-40...120), "aht20": KernelDriver(-40...120), "si7020": KernelDriver(-40...125),
        "htu21": KernelDriver(-40...125), "hdc100x": KernelDriver(-40...125), "hdc1080": KernelDriver(-40...125),
        "hdc3020": KernelDriver(-40...125), "bme280": KernelDriver(-40...85), "scd4x": KernelDriver(-10...60),
        "scd40": KernelDriver(-10...60), "scd41": KernelDriver(-10...60), "bmp280": KernelDriver(-40...85),
        "jc42": KernelDriver(-40...125, flickers: false), "mcp9808": KernelDriver(-40...125, flickers: false),
        "tmp117": KernelDriver(-55...150, flickers: false), "dht11": KernelDriver(-40...80, flickers: false),
    ]

    private init(_ temperatureRange: ClosedRange<Double>, flickers: Bool = true) {
        self.temperatureRange = temperatureRange
        self.flickers = flickers
    }

    /// The driver with that name, as in its file `name`; `nil`: not known.
    package static func named(_ name: String) -> KernelDriver? {
        self.known[self.base(of: name)]
    }

    /// A name without the instance that platform devices have: `dht11@4` is `dht11`.
    static func base(of name: String) -> String {
        String(name.prefix { $0 != "@" })
    }

    /// What can be true of a quantity, in its unit. Humidity as the chip's formula gives it, which may leave 0…100 a little.
    static func range(of quantity: Quantity, driver: KernelDriver?) -> ClosedRange<Double> {
        switch quantity {
        case .temperature: driver?.temperatureRange ?? quantity.plausibleRange
        case .humidity: -6...119
        case .pressure, .carbonDioxide, .dewPoint: quantity.plausibleRange
        }
    }
}
