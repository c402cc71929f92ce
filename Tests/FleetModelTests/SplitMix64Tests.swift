import FleetModel
import Testing

@Suite("the fleet's random generator, SplitMix64")
struct SplitMix64Tests {
    @Test("it gives the numbers of the published reference for seed 1234567")
    func reference() {
        var random = SplitMix64(seed: 1_234_567)
        let numbers = (0..<5).map { _ in random.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ]
        )
    }

    @Test("normal numbers have mean 0, deviation 1 and stay within ±6")
    func normal() {
        var random = SplitMix64(seed: 1)
        let numbers = (0..<20_000).map { _ in random.normal() }
        let mean = numbers.reduce(0, +) / 20_000
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 1) < 0.05)
        #expect(numbers.allSatisfy { abs($0) <= 6 })
    }

    @Test("parts of other names and other seeds have other sequences")
    func named() {
        var sequences = Set<UInt64>()
        for seed in UInt64(0)..<4 {
            for name in ["greenhouse-1", "greenhouse-2", "", "room-1"] {
                var random = SplitMix64(seed: seed, name: name)
                sequences.insert(random.next())
            }
        }
        #expect(sequences.count == 16)
    }
}
