package import SensorKit

/// One fake for each chip of the catalog, with what it measures to begin with.
package enum FakeChips {
    package struct Sample: Sendable, CustomStringConvertible {
        /// The chip's configured name.
        package let name: String
        package let address: UInt8
        package let make: @Sendable () -> any FakeSensorChip
        /// What it says as it is made, in the quantities' units.
        package let values: [Quantity: Double]
        /// Whether its results carry a checksum.
        package let hasChecksum: Bool

        package var description: String { self.name }

        package var entry: ChipCatalog.Entry {
            guard let entry = ChipCatalog.entry(named: self.name) else {
                preconditionFailure("the catalog has no chip named \(self.name)")
            }
            return entry
        }
    }

    package static let all: [Sample] = [
        Sample("sht3x", 0x44, [.temperature: 25, .humidity: 50.0008]) { FakeSHT3x() },
        Sample("sht4x", 0x44, [.temperature: 25, .humidity: 50.0006]) { FakeSHT4x() },
        Sample("shtc3", 0x70, [.temperature: 24.9989, .humidity: 50]) { FakeSHTC3() },
        Sample("bme280", 0x76, [.temperature: 25.0825, .humidity: 40.6439, .pressure: 1006.5327], hasChecksum: false) {
            FakeBME280()
        },
        Sample("aht20", 0x38, [.temperature: 25, .humidity: 50]) { FakeAHT20() },
        Sample("htu21d", 0x40, [.temperature: 24.6864, .humidity: 32.3377]) { FakeHTU21.htu21d() },
        Sample("si7021", 0x40, [.temperature: 24.6864, .humidity: 32.3377]) { FakeHTU21.si7021() },
        Sample("hdc1080", 0x40, [.temperature: 25.9940, .humidity: 50], hasChecksum: false) { FakeHDC1080() },
        Sample("hdc302x", 0x44, [.temperature: 11.0021, .humidity: 66.6667]) { FakeHDC302x() },
        Sample("scd4x", 0x62, [.carbonDioxide: 500, .temperature: 25.0027, .humidity: 37.0016]) { FakeSCD4x() },
        Sample("mcp9808", 0x18, [.temperature: 25], hasChecksum: false) { FakeMCP9808() },
        Sample("tmp117", 0x48, [.temperature: 25], hasChecksum: false) { FakeTMP117() },
    ]

    /// The one with that configured name.
    package static func named(_ name: String) -> Sample {
        guard let sample = self.all.first(where: { $0.name == name }) else {
            preconditionFailure("there is no fake of a chip named \(name)")
        }
        return sample
    }
}

extension FakeChips.Sample {
    fileprivate init(
        _ name: String,
        _ address: UInt8,
        _ values: [Quantity: Double],
        hasChecksum: Bool = true,
        make: @escaping @Sendable () -> any FakeSensorChip
    ) {
        self.name = name
        self.address = address
        self.make = make
        self.values = values
        self.hasChecksum = hasChecksum
    }
}
