import Glibc

extension SeededGenerator {
    /// The seed of the variable `WEIR_SEED`.
    static var environmentSeed: UInt64? {
        getenv("WEIR_SEED").flatMap { UInt64(String(cString: $0)) }
    }
}
