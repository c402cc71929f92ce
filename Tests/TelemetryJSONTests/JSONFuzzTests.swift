import TelemetryJSON
import TestSupport
import Testing

@Suite("JSON against a plain reference, seeded")
struct JSONFuzzTests {
    private static let seeds: [String] = [
        #"{"ts":"2026-11-21T04:33:00.123Z","temperature":21.42,"humidity":48.1}"#,
        #"[{"ts":1000,"a":1},{"a":2.700,"b":{"c":-1.5E+3,"d":[1,2,{"e":0}]}}]"#,
        #"{"é\u00e9\\\"":"\uD83D\uDE00 text","t":true,"f":false,"n":null,"z":0}"#,
        #"[[[[]]],{},"",-0,1e5,0.25]"#,
    ]

    /// A seed text with one to four bytes flipped, removed, doubled or put in.
    private func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(JSONFuzzTests.seeds.randomElement(using: &random, or: "").utf8)
        let alphabet =
            Array("{}[]\",:\\/ \n\t0123456789.eE+-truefalsn\u{0}\u{1F}é\u{7F}".utf8) + [0xC0, 0xED, 0xF4, 0xFF]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let index = bytes.indices.randomElement(using: &random) else { break }
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.remove(at: index)
            case 1: bytes.insert(bytes[index], at: index)
            case 2: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3: bytes.removeSubrange(index..<min(index + 5, bytes.count))
            default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: index)
            }
        }
        return bytes
    }

    @Test("broken and unbroken texts are judged as the reference judges them, and compact to the same value")
    func validatorAgrees() throws {
        var random = SeededGenerator.announced("validatorAgrees")
        var validCount = 0
        for _ in 0..<20_000 {
            let bytes = self.mutated(&random)
            let reference = ReferenceJSON.parse(bytes)
            #expect(JSONValidator.isValid(bytes) == (reference != nil), "\(bytes)")
            guard let reference, JSONValidator.isValid(bytes) else { continue }
            validCount += 1
            let compacted = try JSONCompactor.compact(bytes)
            #expect(ReferenceJSON.parse(compacted) == reference)
            #expect(!compacted.contains(0x0A))
        }
        #expect(validCount > 1_000, "the mutations leave enough valid texts to compare")
    }

    @Test("the telemetry scanner accepts what the reference finds to be objects, with the same names and numbers")
    func scannerAgrees() {
        var random = SeededGenerator.announced("scannerAgrees")
        for _ in 0..<20_000 {
            let bytes = self.mutated(&random)
            let expected = ReferenceJSON.parse(bytes).flatMap(JSONFuzzTests.channels)
            let found = self.scannedChannels(bytes)
            #expect(found == expected, "\(bytes)")
        }
    }

    @Test("random bytes are judged, never trapped on")
    func garbage() {
        var random = SeededGenerator.announced("garbage")
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(JSONValidator.isValid(bytes) == (ReferenceJSON.parse(bytes) != nil), "\(bytes)")
            #expect(self.scannedChannels(bytes) == ReferenceJSON.parse(bytes).flatMap(JSONFuzzTests.channels))
        }
    }

    private func scannedChannels(_ bytes: [UInt8]) -> [[String]]? {
        var scanner = TelemetryScanner()
        return bytes.withUnsafeBufferPointer { buffer in
            guard (try? scanner.scan(buffer)) != nil else { return nil }
            return scanner.readings.map { reading in
                scanner.values[reading.values].map { value in
                    let name = scanner.withName(of: value, in: buffer) { String(decoding: $0, as: UTF8.self) }
                    return "\(name)=\(String(decoding: buffer[value.text], as: UTF8.self))"
                }
            }
        }
    }

    /// What the scanner must find in a tree; `nil` when it is no telemetry.
    private static func channels(of tree: ReferenceJSON) -> [[String]]? {
        switch tree {
        case .object(let members):
            return [JSONFuzzTests.channels(in: members, path: "")]
        case .array(let elements):
            var result: [[String]] = []
            for element in elements {
                guard case .object(let members) = element else { return nil }
                result.append(JSONFuzzTests.channels(in: members, path: ""))
            }
            return result
        case .string, .number, .word:
            return nil
        }
    }

    private static func channels(in members: [(String, ReferenceJSON)], path: String) -> [String] {
        members.flatMap { name, value -> [String] in
            if path.isEmpty, Array(name.utf8) == Array("ts".utf8) { return [] }
            switch value {
            case .number(let text):
                return (Double(text) ?? .infinity).isFinite ? ["\(path)\(name)=\(text)"] : []
            case .object(let inner):
                return JSONFuzzTests.channels(in: inner, path: "\(path)\(name).")
            case .array, .string, .word:
                return []
            }
        }
    }
}

extension Array {
    fileprivate func randomElement(using random: inout SeededGenerator, or fallback: Element) -> Element {
        self.randomElement(using: &random) ?? fallback
    }
}
