/// How bytes travel over a serial line.
package struct SerialSettings: Hashable, Sendable {
    package enum Parity: String, Sendable {
        case none = "N"
        case even = "E"
        case odd = "O"
    }

    /// Rates that Linux has constants for and adapters have crystals for, bits per second.
    package static let rates = [
        300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
    ]

    /// Bits per second, one of ``rates``.
    package var rate: Int
    /// 7 or 8.
    package var dataBits = 8
    package var parity = Parity.none
    /// 1 or 2.
    package var stopBits = 1
    /// The driver switches the transmitter of an RS-485 line by itself (RTS); adapters that do it alone ignore this.
    package var isRS485 = false

    package init(rate: Int) {
        self.rate = rate
    }

    /// Takes over data bits, parity and stop bits as people write them: `8N1`, `7E1`.
    ///
    /// - Returns: whether the text is one of those; otherwise nothing has changed.
    package mutating func setFrame(_ text: String) -> Bool {
        let parts = Array(text.uppercased())
        guard parts.count == 3, let dataBits = parts[0].wholeNumberValue, (7...8).contains(dataBits),
            let parity = Parity(rawValue: String(parts[1])), let stopBits = parts[2].wholeNumberValue,
            (1...2).contains(stopBits)
        else { return false }
        self.dataBits = dataBits
        self.parity = parity
        self.stopBits = stopBits
        return true
    }

    /// Data bits, parity and stop bits as people write them.
    package var frame: String { "\(self.dataBits)\(self.parity.rawValue)\(self.stopBits)" }

    /// Time on the wire of that many characters: start bit, data, parity and stop bits each.
    package func time(ofCharacters count: Int) -> Duration {
        let bits = 1 + self.dataBits + (self.parity == .none ? 0 : 1) + self.stopBits
        return .nanoseconds(count * bits * 1_000_000_000 / self.rate)
    }
}
