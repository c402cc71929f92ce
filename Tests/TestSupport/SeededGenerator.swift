import Glibc

/// The generator of all random tests: SplitMix64, the same numbers for the same seed on every machine.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// A generator that begins at `seed`.
    package init(seed: UInt64) {
        self.state = seed
    }

    /// A generator with a new seed, or `WEIR_SEED`'s, which it prints with the test's name.
    package static func announced(_ test: String = #function) -> SeededGenerator {
        SeededGenerator(seed: SeededGenerator.seed(of: test))
    }

    /// A new seed, or `WEIR_SEED`'s, printed with the test's name so that the run can be repeated.
    package static func seed(of test: String) -> UInt64 {
        let given = getenv("WEIR_SEED").flatMap { UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(test): WEIR_SEED=\(seed)")
        return seed
    }

    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
