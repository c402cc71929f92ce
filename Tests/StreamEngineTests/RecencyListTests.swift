import TestSupport
import Testing

@testable import StreamEngine

@Suite("the order of the last touch")
struct RecencyListTests {
    @Test("it keeps the order an array would keep")
    func againstArray() {
        var random = SeededGenerator.announced("againstArray")
        var list = RecencyList()
        var array: [Int] = []
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<20, using: &random)
            if let index = array.firstIndex(of: number) {
                array.remove(at: index)
                if Bool.random(using: &random) {
                    list.remove(number)
                } else {
                    list.touch(number)
                    array.append(number)
                }
            } else {
                list.insert(number)
                array.append(number)
            }
            #expect(list.oldestNumber == array.first)
            #expect(list.numbers == array)
        }
    }
}
