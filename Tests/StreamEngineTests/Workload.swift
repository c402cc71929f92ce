import TelemetryModel
import TestSupport

/// Seeded telemetry of a few devices, with everything that can be wrong with it.
struct Workload {
    struct Record {
        var device: String
        var payload: [UInt8]
        /// Enqueue time in milliseconds.
        var time: Int64
    }

    private var random: SeededGenerator
    private var time: Int64 = 1_000_000_000_000
    /// Milliseconds that each device's clock is off.
    private var clockErrors: [Int64] = [0, -2_000, 400_000, -86_400_000, 0, 1_500]

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
    }

    mutating func next() -> Record {
        // Now and then everybody is silent for minutes.
        self.time +=
            Int.random(in: 0..<100, using: &self.random) == 0
            ? 200_000 : Int64.random(in: 0...3_000, using: &self.random)
        // The first devices send more often than the last.
        let count = self.clockErrors.count
        let number = Int.random(in: 0...Int.random(in: 0..<count, using: &self.random), using: &self.random)
        return Record(device: "device-\(number)", payload: self.payload(of: number), time: self.time)
    }

    private mutating func payload(of number: Int) -> [UInt8] {
        switch Int.random(in: 0..<40, using: &self.random) {
        case 0: return Array(#"{"temperature":21."#.utf8)
        case 1: return Array("42".utf8)
        case 2: return [0xFF, 0x00, 0x80]
        case 3: return Array("[\(self.object(of: number)),\(self.object(of: number))]".utf8)
        default: return Array(self.object(of: number).utf8)
        }
    }

    private mutating func object(of number: Int) -> String {
        let lateness =
            Int.random(in: 0..<8, using: &self.random) == 0 ? Int64.random(in: 0...90_000, using: &self.random) : 0
        let stamp = Timestamp(milliseconds: self.time + self.clockErrors[number] - lateness)
        let spike = Int.random(in: 0..<30, using: &self.random) == 0 ? 100.0 : 0
        let temperature = 20 + Double(Int.random(in: -20...20, using: &self.random)) / 100 + spike
        var members = ["\"temperature\":\(temperature)"]
        if Bool.random(using: &self.random) {
            members.append("\"humidity\":\(Int.random(in: 40...50, using: &self.random))")
        }
        if Bool.random(using: &self.random) {
            members.append("\"bus\":{\"u\":12.\(Int.random(in: 0...9, using: &self.random))}")
        }
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0: break
        case 1: members.append("\"ts\":\"no time\"")
        default: members.insert("\"ts\":\"\(stamp)\"", at: Int.random(in: 0...members.count, using: &self.random))
        }
        return "{\(members.joined(separator: ","))}"
    }
}
