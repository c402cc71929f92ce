import EdgeAgent
import Foundation
import Testing

@Suite("code that ran once is given back, madvise(2)", .serialized)
struct CodeReleaseTests {
    @Test("it is given back two seconds after the start and then once a minute")
    func times() {
        let times = [(0, false), (1_999, false), (2_000, true), (2_001, false), (61_999, false), (62_000, true)]
        var release = CodeRelease(startedAt: .seconds(100))
        for (milliseconds, isTime) in times {
            let isRun = release.run(at: .seconds(100) + .milliseconds(milliseconds))
            #expect(isRun == isTime, "\(milliseconds) ms")
        }
        #expect(release.dueAt == .seconds(222))
    }

    @Test("a loop that comes late gives back once and not again for each minute that it missed")
    func late() {
        var release = CodeRelease(startedAt: .zero)
        let runs = [release.run(at: .seconds(600)), release.run(at: .seconds(600))]
        #expect(runs == [true, false])
        #expect(release.dueAt == .seconds(660))
    }

    @Test("the code leaves memory, what was written stays, and the program goes on")
    func memory() throws {
        let written = (0..<100_000).map { $0 * 7 }
        let code = try #require(try Self.codes().max { $0.range.count < $1.range.count })
        let start = try #require(UnsafeRawPointer(bitPattern: code.range.lowerBound))
        var sum = 0
        for offset in stride(from: 0, to: code.range.count, by: sysconf(Int32(_SC_PAGESIZE))) {
            sum += Int(start.load(fromByteOffset: offset, as: UInt8.self))
        }
        let before = try #require(try Self.codes().first { $0.range == code.range })
        #expect(sum > 0 && before.residentKilobytes == code.range.count / 1_024)
        var release = CodeRelease(startedAt: .zero)
        let isRun = release.run(at: .seconds(60))
        let after = try #require(try Self.codes().first { $0.range == code.range })
        #expect(isRun && after.residentKilobytes < before.residentKilobytes)
        #expect(written.indices.allSatisfy { written[$0] == $0 * 7 })
    }

    /// A mapping of a file's code.
    private struct Code {
        var range: Range<UInt>
        var residentKilobytes: Int
    }

    private static func codes() throws -> [Code] {
        var codes: [Code] = []
        var range: Range<UInt>?
        for line in try String(contentsOfFile: "/proc/self/smaps", encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count > 5, words[1] == "r-xp", words[5].hasPrefix("/") {
                let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                range = ends[0]..<ends[1]
            } else if words.first == "Rss:", let kilobytes = Int(words[1]) {
                if let range { codes.append(Code(range: range, residentKilobytes: kilobytes)) }
                range = nil
            }
        }
        return codes
    }
}
