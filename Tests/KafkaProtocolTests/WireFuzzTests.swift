import Glibc
import KafkaProtocol
import NIOCore
import TestSupport
import Testing

/// `WEIR_FUZZ_SECONDS` says how long, 2 if not set; `WEIR_SEED` repeats a run execution by execution.
@Suite("Fuzzing requests, contract §1")
struct WireFuzzTests {
    @Test("no frame crashes, is read in two ways, or takes more memory than a small multiple of its size")
    func fuzz() throws {
        let seconds = getenv("WEIR_FUZZ_SECONDS").flatMap { Double(String(cString: $0)) } ?? 2
        var random = SeededGenerator.announced("fuzzing requests")
        let seeds = WireVector.all.map { (key: $0.key, version: $0.version, body: hex($0.request)) }
        let clock = ContinuousClock()
        let begin = clock.now
        let end = begin + .seconds(seconds)
        var executions = 0
        var read = 0
        var residentAfterWarmUp = 0
        while executions % 256 != 0 || clock.now < end {
            guard let seed = seeds.randomElement(using: &random) else { return }
            let body = WireFuzzTests.mutated(seed.body, using: &random)
            if WireFuzzTests.isRead(seed.key, version: seed.version, body) { read += 1 }
            executions += 1
            if executions == 1_024 { residentAfterWarmUp = WireFuzzTests.residentPages() }
        }
        let elapsed = Double((clock.now - begin) / .milliseconds(1)) / 1_000
        print("fuzzing requests: \(executions), \(Int(Double(executions) / elapsed)) a second, \(read) read")
        #expect(read > 0 && read < executions)
        if residentAfterWarmUp > 0 {
            let grown = (WireFuzzTests.residentPages() - residentAfterWarmUp) * Int(sysconf(Int32(_SC_PAGESIZE)))
            print("fuzzing requests: memory grew by \(grown / 1_024) KiB")
            #expect(grown < 64 << 20)
        }
    }

    @Test("frames of noise are cut, their headers read and judged, without a crash")
    func noise() {
        var random = SeededGenerator.announced("frames of noise")
        for _ in 0..<20_000 {
            var decoder = KafkaFrameDecoder(frameBytesMax: 256)
            var stream = ByteBuffer()
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let isHonest = Int.random(in: 0..<8, using: &random) > 0
                let count = Int.random(in: 8...64, using: &random)
                stream.writeInteger(isHonest ? Int32(count) : Int32(truncatingIfNeeded: random.next()))
                stream.writeInteger(Int16.random(in: 0...45, using: &random))
                stream.writeInteger(Int16.random(in: -1...12, using: &random))
                stream.writeBytes((4..<count).map { _ in WireFuzzTests.byte(using: &random) })
            }
            decoder.append(stream)
            do throws(KafkaWireError) {
                while var frame = try decoder.next() {
                    let header = try RequestHeader(reading: &frame)
                    switch APIVersionTable.verdict(header) {
                    case .serve(let key): _ = try Request(key, version: header.version, reading: &frame)
                    case .refuse(let key): _ = try VersionRefusal(of: key, version: header.version, reading: &frame)
                    case .answerVersions, .close: break
                    }
                }
            } catch {
                #expect(error.offset <= 256)
            }
        }
    }

    /// Whether the body is read: alone and as part of a longer buffer in the same way, to its end, with few elements.
    private static func isRead(_ key: APIKey, version: Int16, _ body: [UInt8]) -> Bool {
        var alone = ByteBuffer(bytes: body)
        var padded = ByteBuffer(bytes: [1, 2, 3] + body + [4, 5, 6])
        padded.moveReaderIndex(forwardBy: 3)
        padded.moveWriterIndex(to: body.count + 3)
        let first = Result { () throws(KafkaWireError) in try Request(key, version: version, reading: &alone) }
        let second = Result { () throws(KafkaWireError) in try Request(key, version: version, reading: &padded) }
        guard first == second else {
            Issue.record("\(key) v\(version) is read as \(first) and \(second): \(body)")
            return false
        }
        switch first {
        case .success:
            if alone.readableBytes > 0 { Issue.record("\(key) v\(version) leaves bytes: \(body)") }
            return true
        case .failure(let error):
            if error.offset > body.count { Issue.record("\(key) v\(version): \(error) outside of \(body)") }
            return false
        }
    }

    private static func mutated(_ seed: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where place < bytes.count: bytes[place] = WireFuzzTests.byte(using: &random)
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...4, using: &random)))
            case 3: bytes.insert(contentsOf: (0..<4).map { _ in WireFuzzTests.byte(using: &random) }, at: place)
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 16)], at: place)
            case 5 where place + 4 <= bytes.count:
                let counts: [Int32] = [0, 1, 2, -1, -2, 255, 32_767, 65_536, .max, .min]
                let count = counts.randomElement(using: &random) ?? 0
                withUnsafeBytes(of: count.bigEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
            default: bytes.append(WireFuzzTests.byte(using: &random))
            }
        }
        return bytes
    }

    private static func byte(using random: inout SeededGenerator) -> UInt8 {
        Bool.random(using: &random)
            ? UInt8.random(in: 0...255, using: &random)
            : [0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &random) ?? 0
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
