/// The fleet's one random generator: SplitMix64, the same numbers on every machine.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; constants of the
/// reference implementation by S. Vigna.
package struct SplitMix64: RandomNumberGenerator, Equatable, Sendable {
    private var state: UInt64

    /// A generator at the start of the sequence of `seed`.
    package init(seed: UInt64) {
        self.state = seed
    }

    /// A generator of its own for a named part of the fleet: adding a device changes no other device's numbers.
    ///
    /// - Parameters:
    ///   - seed: the scenario's seed.
    ///   - name: the part's name, a device's id; mixed in with FNV-1a (64 bits).
    package init(seed: UInt64, name: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var mixer = SplitMix64(seed: seed)
        self.state = mixer.next() ^ hash
    }

    package mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number in 0 ..< 1, all 53 bits of it random.
    package mutating func unit() -> Double {
        Double(self.next() >> 11) * 0x1p-53
    }

    /// A number of mean 0 and standard deviation 1, nearly normal, never beyond ±6.
    ///
    /// The sum of twelve uniform numbers: additions only, so that no machine's `log` or `cos` changes a reading.
    package mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += self.unit() }
        return sum
    }
}
