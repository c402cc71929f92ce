import Glibc
import MQTTCodec
import TestSupport
import Testing

/// `WEIR_FUZZ_SECONDS` says how long, 2 if not set; `WEIR_SEED` repeats a run execution by execution.
@Suite("Fuzzing the decoder")
struct PacketFuzzTests {
    @Test("no stream of bytes crashes the decoder, splits its packets elsewhere, or gives what cannot be sent on")
    func fuzz() throws {
        let seconds = getenv("WEIR_FUZZ_SECONDS").flatMap { Double(String(cString: $0)) } ?? 2
        var random = SeededGenerator.announced("fuzzing the decoder")
        let mutator = PacketMutator()
        let clock = ContinuousClock()
        let begin = clock.now
        let end = begin + .seconds(seconds)
        var executions = 0
        var packets = FuzzTally()
        var residentAfterWarmUp = 0
        while executions % 64 != 0 || clock.now < end {
            let version = Bool.random(using: &random) ? MQTTVersion.v5 : .v311
            let bytes = mutator.stream(version, using: &random)
            let start = DecoderCheck.Start(
                version: version,
                sender: [nil, .client, .server].randomElement(using: &random) ?? nil,
                packetSizeMax: Int.random(in: 0..<8, using: &random) == 0 ? 64 : 65_536
            )
            if let finding = DecoderCheck(start: start).finding(bytes, cutBy: &random, tally: &packets) {
                Issue.record("\(version), \(start): \(finding)\n\(PacketFuzzTests.hexadecimal(bytes))")
                return
            }
            executions += 1
            if executions == 4_096 { residentAfterWarmUp = PacketFuzzTests.residentPages() }
        }
        let elapsed = Double((clock.now - begin) / .milliseconds(1)) / 1_000
        print(
            "fuzzing the decoder: \(executions) executions, \(Int(Double(executions) / elapsed)) a second, \(packets)"
        )
        if residentAfterWarmUp > 0 {
            let grown = (PacketFuzzTests.residentPages() - residentAfterWarmUp) * Int(sysconf(Int32(_SC_PAGESIZE)))
            print("fuzzing the decoder: memory grew by \(grown / 1_024) KiB")
            #expect(grown < 64 << 20)
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }

    /// Pages of this process in memory, from `/proc/self/statm`.
    private static func residentPages() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
