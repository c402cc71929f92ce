import Testing

@testable import DeviceHub

@Suite("What waits for the registry's writer is bounded and taken in batches")
struct BoundedBatchesTests {
    private static let limits = BoundedBatches<Int>.Limits(
        countMax: 4,
        bytesMax: 100,
        batchCountMax: 3,
        batchBytesMax: 50
    )

    @Test("the first starts the worker, and again after it has rested")
    func start() {
        var batches = BoundedBatches<Int>(Self.limits)
        #expect(batches.add(1, bytes: 1) == .start)
        #expect(batches.add(2, bytes: 1) == .queued)
        #expect(batches.take() == [1, 2])
        #expect(batches.add(3, bytes: 1) == .queued)
        #expect(batches.take() == [3])
        #expect(batches.take().isEmpty)
        #expect(batches.add(4, bytes: 1) == .start)
    }

    @Test("count and bytes are bounded, of a batch too")
    func bounds() {
        var batches = BoundedBatches<Int>(Self.limits)
        #expect(batches.add(1, bytes: 60) == .start)
        #expect(batches.add(2, bytes: 41) == .full)
        #expect(batches.add(3, bytes: 40) == .queued)
        #expect(batches.take() == [1])
        for element in 4...6 { #expect(batches.add(element, bytes: 1) == .queued) }
        #expect(batches.add(7, bytes: 1) == .full)
        #expect(batches.take() == [3, 4, 5])
        #expect(batches.take() == [6])
    }
}
