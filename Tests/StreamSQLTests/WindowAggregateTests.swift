import StreamSQL
import TelemetryModel
import Testing

@Suite("count, mean, least and greatest")
struct WindowAggregateTests {
    private func aggregate(_ values: [Double]) -> WindowAggregate {
        var aggregate = WindowAggregate()
        for value in values { aggregate.add(value) }
        return aggregate
    }

    @Test(
        "the mean is exact where a plain sum is not",
        arguments: [
            ([1, 2, 3, 4], 2.5), ([-1.5], -1.5), ([1e16, 1, -1e16], 1.0 / 3), ([0.1, 0.1, 0.1], 0.1),
            ([1e100, 1, -1e100, 1], 0.5), ([5e-300, 5e-300], 5e-300), ([0, -0.0], 0),
            ([.greatestFiniteMagnitude, .greatestFiniteMagnitude], .greatestFiniteMagnitude),
            ([-.greatestFiniteMagnitude, .greatestFiniteMagnitude], 0),
        ] as [([Double], Double)]
    )
    func means(values: [Double], mean: Double) {
        let aggregate = self.aggregate(values)
        #expect(aggregate.mean == mean)
        #expect(aggregate.count == Int64(values.count))
        #expect(aggregate.min == values.min())
        #expect(aggregate.max == values.max())
    }

    @Test("ten million tenths have the mean of one")
    func stability() {
        var aggregate = WindowAggregate()
        for _ in 0..<10_000_000 { aggregate.add(0.1) }
        #expect(aggregate.mean == 0.1)
    }

    @Test("the mean of nothing is no number")
    func empty() {
        #expect(WindowAggregate().mean.isNaN)
        #expect(WindowAggregate().count == 0)
    }

    @Test("a checkpoint gives the same aggregate back")
    func checkpoint() throws {
        let aggregate = self.aggregate([1e16, 1, 0.3])
        var state = StateWriter()
        aggregate.write(to: &state)
        var reader = StateReader(state.bytes)
        #expect(try WindowAggregate(reading: &reader) == aggregate)
    }
}
