internal import TelemetryModel

/// The Page-Hinkley test (1954, 1971) for a mean that creeps away, both ways, on one value an hour. 24 bytes.
struct PageHinkley: Equatable, Sendable {
    /// What an hour's value may be without counting.
    static let allowance = 0.5
    /// The sum that opens it: a day at one and a half, two days at one.
    static let threshold = 24.0
    /// Most one hour may count: ten hours are needed, however far off they are.
    static let valueMax = 3.0

    private(set) var up = 0.0
    private(set) var down = 0.0
    private(set) var isAbnormal = false

    /// The larger of the two sums.
    var sum: Double { max(self.up, self.down) }

    /// Takes an hour's mean distance, in units of the usual one.
    mutating func observe(_ value: Double) {
        let counted = min(max(value, -PageHinkley.valueMax), PageHinkley.valueMax)
        let most = PageHinkley.threshold * 1.5
        self.up = min(max(0, self.up + counted - PageHinkley.allowance), most)
        self.down = min(max(0, self.down - counted - PageHinkley.allowance), most)
        self.isAbnormal = self.sum >= (self.isAbnormal ? PageHinkley.threshold / 2 : PageHinkley.threshold)
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.up)
        state.write(self.down)
        state.write(self.isAbnormal)
    }
}

extension PageHinkley {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.up = try state.readSize()
        self.down = try state.readSize()
        self.isAbnormal = try state.readBool()
    }
}
