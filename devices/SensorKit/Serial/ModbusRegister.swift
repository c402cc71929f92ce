/// Where a unit keeps a quantity, and what its bits mean: value = number / divisor + offset.
package struct ModbusRegister: Equatable, Sendable {
    /// The numbers units use. Those of 32 bits take two registers.
    package enum Format: String, CaseIterable, Sendable {
        case int16
        case uint16
        case int32
        case uint32
        case float32
    }

    package var quantity: Quantity
    /// As on the wire, from 0.
    package var address: UInt16
    package var format: Format
    /// Of two registers the first has the low word.
    package var isLowWordFirst: Bool
    /// 10 for tenths; above 0. A division, since 0.1 is no binary number and 305 × 0.1 is not 30.5.
    package var divisor: Double
    /// Added after the division, in the quantity's unit.
    package var offset: Double
    /// Outside is `out_of_range`.
    package var range: ClosedRange<Double>

    package init(
        _ quantity: Quantity,
        address: UInt16,
        format: Format = .int16,
        isLowWordFirst: Bool = false,
        divisor: Double = 1,
        offset: Double = 0,
        range: ClosedRange<Double>? = nil
    ) {
        self.quantity = quantity
        self.address = address
        self.format = format
        self.isLowWordFirst = isLowWordFirst
        self.divisor = divisor
        self.offset = offset
        self.range = range ?? quantity.plausibleRange
    }

    /// How many registers it takes.
    package var count: Int {
        switch self.format {
        case .int16, .uint16: 1
        case .int32, .uint32, .float32: 2
        }
    }

    /// Converts the register's words, ``count`` of them in the order of the wire.
    package func reading(of words: ArraySlice<UInt16>) -> ChannelReading {
        let number: Double
        switch self.format {
        case .int16: number = Double(Int16(bitPattern: words[words.startIndex]))
        case .uint16: number = Double(words[words.startIndex])
        case .int32: number = Double(Int32(bitPattern: self.wide(words)))
        case .uint32: number = Double(self.wide(words))
        case .float32: number = Double(Float(bitPattern: self.wide(words)))
        }
        return .checked(self.quantity, number / self.divisor + self.offset, in: self.range)
    }

    private func wide(_ words: ArraySlice<UInt16>) -> UInt32 {
        let (first, second) = (UInt32(words[words.startIndex]), UInt32(words[words.startIndex + 1]))
        return self.isLowWordFirst ? second << 16 | first : first << 16 | second
    }
}
