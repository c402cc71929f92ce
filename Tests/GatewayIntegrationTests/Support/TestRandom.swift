import Foundation

/// Random numbers that can be had again: the seed is printed, and `WEIR_TEST_SEED` sets it (SplitMix64).
struct TestRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(_ purpose: String) {
        let given = ProcessInfo.processInfo.environment["WEIR_TEST_SEED"].flatMap { UInt64($0) }
        self.seed = given ?? UInt64.random(in: 1...999_999_999)
        self.state = self.seed
        print("\(purpose): WEIR_TEST_SEED=\(self.seed)")
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
