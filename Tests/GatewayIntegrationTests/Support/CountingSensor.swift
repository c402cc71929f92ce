import SensorKit
import SensorTestSupport
import Synchronization

/// An SHT3x whose temperature counts: each result that it gives is 0.01 °C and a little warmer than the one before, so a
/// temperature in the log says which result it is, and the sensor remembers when that was.
final class CountingSensor: FakeChip {
    /// A result as the program got it; times are of the board.
    struct Result: Sendable {
        /// When the program asked for it.
        var asked: Duration
        var given: Duration
    }

    /// Results, looked at while the program runs.
    final class Results: Sendable {
        private let all = Mutex<[Result]>([])

        var count: Int { self.all.withLock { $0.count } }

        subscript(number: Int) -> Result { self.all.withLock { $0[number] } }

        fileprivate func append(_ result: Result) {
            self.all.withLock { $0.append(result) }
        }
    }

    /// Of the data sheet: −45 °C and 175 °C over 16 bits.
    private static let celsiusPerBit = 175.0 / 65_535
    /// Enough for the hundredths of a reading to tell two results apart.
    private static let bitsPerResult = 5
    /// −37 °C, inside the chip's range.
    private static let firstBits = 3_000
    /// So many results stay inside it.
    static let resultsMax = 12_000

    let results = Results()
    private let chip = FakeSHT3x()
    private var asked: Duration?

    /// Which result a temperature is, °C; `nil` when it is none.
    static func number(of temperature: Double) -> Int? {
        let number = ((temperature + 45) / Self.celsiusPerBit - Double(Self.firstBits)) / Double(Self.bitsPerResult)
        // Hundredths are 3.7 bits: rounding moves it by 0.37 at most.
        guard (number - number.rounded()).magnitude < 0.4, number > -0.5 else { return nil }
        return Int(number.rounded())
    }

    /// The temperature of a result as readings have it.
    static func text(of number: Int) -> String {
        let celsius = Double(Self.firstBits + number * Self.bitsPerResult) * Self.celsiusPerBit - 45
        let hundredths = Int((celsius * 100).rounded())
        let fraction = String(hundredths.magnitude % 100)
        return "\(hundredths < 0 ? "-" : "")\(hundredths.magnitude / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
    }

    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        if bytes == [0x24, 0x00] {
            let bits = Self.firstBits + self.results.count * Self.bitsPerResult
            self.chip.measurement = FakeSHT3x.measurement(UInt16(bits), 0x8000)
            self.asked = now
        }
        try self.chip.write(bytes, at: now)
    }

    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        let bytes = try self.chip.read(count, at: now)
        if let asked = self.asked, count == 6 {
            self.results.append(Result(asked: asked, given: now))
            self.asked = nil
        }
        return bytes
    }
}
