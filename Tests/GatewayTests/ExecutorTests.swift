import Testing

@testable import Gateway

@Suite("Tasks on the blocking threads", .timeLimit(.minutes(1)))
struct ExecutorTests {
    @concurrent private func step() async -> Bool {
        withUnsafeCurrentTask { $0?.unownedTaskExecutor == BlockingExecutor.shared.asUnownedTaskExecutor() }
    }

    @Test("what is awaited under the preference runs there")
    func preference() async {
        #expect(await withTaskExecutorPreference(BlockingExecutor.shared) { await self.step() })
        #expect(await self.step() == false)
    }
}
