import SensorKit
import TelemetryModel
import Testing

@Suite("the simulated sensor")
struct SimulatedClimateTests {
    @Test("equal seeds give equal air, different seeds different noise")
    func seeds() {
        let instant = Timestamp(milliseconds: 1_800_000_000_000)
        #expect(SimulatedClimate(seed: 7).readings(at: instant) == SimulatedClimate(seed: 7).readings(at: instant))
        #expect(SimulatedClimate(seed: 7).readings(at: instant) != SimulatedClimate(seed: 8).readings(at: instant))
    }

    @Test("a day is a wave: warm and dry at 15:00, cold and damp at 03:00, always plausible")
    func day() throws {
        let climate = SimulatedClimate(seed: 1)
        let midnight = Int64(1_800_057_600_000)
        try #require(midnight % 86_400_000 == 0)
        for minute in 0..<1_440 {
            let values = climate.readings(at: Timestamp(milliseconds: midnight + Int64(minute) * 60_000)).compactMap(
                \.value
            )
            try #require(values.count == 2)
            #expect((17.9...24.1).contains(values[0]))
            #expect((38...58).contains(values[1]))
        }
        let afternoon = climate.readings(at: Timestamp(milliseconds: midnight + 15 * 3_600_000)).compactMap(\.value)
        let night = climate.readings(at: Timestamp(milliseconds: midnight + 3 * 3_600_000)).compactMap(\.value)
        #expect(afternoon[0] > 23.9 && night[0] < 18.1)
        #expect(afternoon[1] < night[1])
    }

    @Test("the generator's first numbers for seed 0 are the reference implementation's")
    func generator() {
        var random = SplitMix64(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
    }
}
