import SensorKit
import Testing

@Suite("lines of text, sensors contract sections 5.2 to 5.4")
struct LineFormatTests {
    private static let both: [LineField] = [
        LineField(.temperature, name: "temperature"), LineField(.humidity, name: "humidity"),
    ]
    private static let short: [LineField] = [LineField(.temperature, name: "T"), LineField(.humidity, name: "H")]
    private static let any: [LineField] = [LineField(.temperature, name: ""), LineField(.humidity, name: "")]
    private static let csv = LineFormat.csv(CSVLine([.init(.temperature, number: 2), .init(.humidity, number: 3)]))
    private static let json = LineFormat.json(JSONLine(both))
    private static let keys = LineFormat.keyValue(KeyValueLine(short))
    private static let vaisala = LineFormat.vaisala(
        VaisalaLine([LineField(.temperature, name: "T"), LineField(.humidity, name: "RH")])
    )
    private static let parse = ChannelReading.Outcome.bad(.parse)

    private func outcomes(_ format: LineFormat, _ line: String) -> [ChannelReading.Outcome]? {
        var format = format
        return format.readings(in: Array(line.utf8)[...])?.map(\.outcome)
    }

    @Test(
        "numbers are decimal, with a point, and nothing else",
        arguments: [
            ("21.50", 21.5), ("-3", -3), ("+4", 4), ("0", 0), (".5", 0.5), ("5.", 5), ("2.15e1", 21.5),
            ("215E-1", 21.5),
            ("-0.05", -0.05), ("", nil), ("nan", nil), ("inf", nil), ("-", nil), (".", nil), ("1,5", nil),
            ("1.2.3", nil),
            ("0x10", nil), ("1e", nil), ("1e999", nil), ("1e99", 1e99), (" 1", nil), ("1 ", nil), ("e5", nil),
            ("1e+5", 1e5), ("12345678901234567890123456789012", 1.2345678901234567e31),
            ("123456789012345678901234567890123", nil), ("--1", nil), ("1-2", nil), ("NaN", nil), ("1_0", nil),
        ] as [(String, Double?)]
    )
    func numbers(text: String, expected: Double?) {
        #expect(LineNumber.parse(Array(text.utf8)[...]) == expected)
    }

    @Test("a power of ten is not rounded twice")
    func powers() {
        #expect(LineNumber.parse(Array("1.01325".utf8)[...], timesTenTo: 3) == 1_013.25)
        #expect(LineNumber.parse(Array("101325".utf8)[...], timesTenTo: -2) == 1_013.25)
        #expect(LineNumber.parse(Array("1.5e2".utf8)[...], timesTenTo: -2) == 1.5)
    }

    @Test("CSV by column")
    func csvLines() {
        #expect(self.outcomes(Self.csv, "17,21.50,40.20") == [.good(21.5), .good(40.2)])
        #expect(self.outcomes(Self.csv, "17, 21.50\t, 40.20 ") == [.good(21.5), .good(40.2)])
        #expect(self.outcomes(Self.csv, "17,nan,40.20") == [Self.parse, .good(40.2)])
        #expect(self.outcomes(Self.csv, "17,,40.20") == [Self.parse, .good(40.2)])
        #expect(self.outcomes(Self.csv, "17,21.50") == [.good(21.5), Self.parse])
        #expect(self.outcomes(Self.csv, "seq,T,RH") == [Self.parse, Self.parse])
        #expect(self.outcomes(Self.csv, "17,851.00,40.20") == [.bad(.outOfRange), .good(40.2)])
        #expect(self.outcomes(Self.csv, "# 1,2,3") == nil)
        #expect(self.outcomes(Self.csv, "17,21.50\u{0},40.20") == nil)
        #expect(self.outcomes(Self.csv, "17,21.50°,40.20") == nil)
        let semicolons = LineFormat.csv(CSVLine([.init(.temperature, number: 1)], separator: UInt8(ascii: ";")))
        #expect(self.outcomes(semicolons, "21.5;40,2") == [.good(21.5)])
        #expect(self.outcomes(semicolons, "21,5;40,2") == [Self.parse])
    }

    @Test("key=value in any order")
    func keyValueLines() {
        #expect(self.outcomes(Self.keys, "T=21.50 H=40.20") == [.good(21.5), .good(40.2)])
        #expect(self.outcomes(Self.keys, "seq=1;H=40.20,T=21.50;") == [.good(21.5), .good(40.2)])
        #expect(self.outcomes(Self.keys, "T=21.50") == [.good(21.5), Self.parse])
        #expect(self.outcomes(Self.keys, "T=nan H=") == [Self.parse, Self.parse])
        #expect(self.outcomes(Self.keys, "XT=21.50 hum=1 = T H") == nil)
        #expect(self.outcomes(Self.keys, "boot ok") == nil)
        #expect(self.outcomes(Self.keys, "T=1=2") == [Self.parse, Self.parse])
    }

    @Test("a JSON object by key")
    func jsonLines() {
        #expect(
            self.outcomes(Self.json, #"{"seq":17,"temperature":21.5,"humidity":40.2}"#) == [.good(21.5), .good(40.2)]
        )
        #expect(self.outcomes(Self.json, #" {"humidity":40,"unit":"°C"}"#) == [Self.parse, .good(40)])
        #expect(
            self.outcomes(Self.json, #"{"temperature":"21.5","humidity":null}"#) == [Self.parse, Self.parse]
        )
        #expect(self.outcomes(Self.json, #"{"temperature":21.5,"#) == [Self.parse, Self.parse])
        #expect(self.outcomes(Self.json, #"{"temperature":nan}"#) == [Self.parse, Self.parse])
        #expect(self.outcomes(Self.json, #"{"event":"boot"}"#) == nil)
        #expect(self.outcomes(Self.json, "boot {") == nil)
        let nested = LineFormat.json(JSONLine([LineField(.temperature, name: "air.t")]))
        #expect(self.outcomes(nested, #"{"air":{"t":-3.25},"t":9}"#) == [.good(-3.25)])
    }

    @Test("NMEA XDR with its checksum, units converted")
    func xdrSentences() {
        let both = LineFormat.xdr(XDRSentence(Self.any))
        #expect(self.outcomes(both, "$WIXDR,C,21.5,C,TEMP,H,40.2,P,HUMI*5D") == [.good(21.5), .good(40.2)])
        let air = LineFormat.xdr(
            XDRSentence([LineField(.temperature, name: "AIRTEMP"), LineField(.pressure, name: "")])
        )
        #expect(
            self.outcomes(air, "$IIXDR,C,-3.7,C,AIRTEMP,P,1.01325,B,BARO*39") == [.good(-3.7), .good(1_013.25)]
        )
        #expect(self.outcomes(air, "$IIXDR,C,-3.7,C,SEATEMP,P,101325,P,BARO") == [.good(1_013.25)])
        #expect(self.outcomes(both, "$WIXDR,C,21.5,C,TEMP,H,40.2,P,HUMI*5d") == [.good(21.5), .good(40.2)])
        #expect(self.outcomes(both, "$WIXDR,C,21.6,C,TEMP,H,40.2,P,HUMI*5D") == [.bad(.crc), .bad(.crc)])
        #expect(self.outcomes(both, "$WIXDR,C,21.5,C,TEMP*") == [.bad(.crc), .bad(.crc)])
        #expect(self.outcomes(both, "$WIXDR,C,21.5,C,TEMP*5D1") == [.bad(.crc), .bad(.crc)])
        #expect(self.outcomes(both, "$WIXDR,C,,C,TEMP") == [Self.parse])
        #expect(self.outcomes(both, "$WIXDR,C,21.5,F,TEMP") == [Self.parse])
        #expect(self.outcomes(both, "$WIXDR,C,21.5,C") == nil)
        #expect(self.outcomes(both, "$GPGGA,123519,4807.038,N*47") == nil)
        #expect(self.outcomes(both, "$WIXDR") == nil)
        #expect(XDRSentence.checksum(of: Array("WIXDR,C,21.5,C,TEMP,H,40.2,P,HUMI".utf8)) == 0x5D)
    }

    @Test("Vaisala's lines by name; Fahrenheit converted; asterisks are the transmitter's fault")
    func vaisalaLines() {
        #expect(self.outcomes(Self.vaisala, "RH= 98.4 %RH T= 31.1 'C") == [.good(31.1), .good(98.4)])
        #expect(
            self.outcomes(Self.vaisala, "RH= 43.0 %RH T= 21.0 'C Tdp= 8.0 'C x= 6.7 g/kg") == [.good(21), .good(43)]
        )
        #expect(self.outcomes(Self.vaisala, "T= 70.7 'F RH=43.0%RH") == [.good((70.7 - 32) / 1.8), .good(43)])
        #expect(self.outcomes(Self.vaisala, "T=-40.0'F RH=0") == [.good(-40), .good(0)])
        #expect(self.outcomes(Self.vaisala, "RH=***.* %RH T= 31.1 'C") == [.good(31.1), .bad(.exception)])
        #expect(self.outcomes(Self.vaisala, "RH= 98.4 %RH") == [Self.parse, .good(98.4)])
        #expect(self.outcomes(Self.vaisala, "RH= T= 31.1 'C") == [.good(31.1), Self.parse])
        #expect(self.outcomes(Self.vaisala, "HMT310 2.05") == nil)
        #expect(self.outcomes(Self.vaisala, "T=") == [Self.parse, Self.parse])
    }

    private func lines(_ parts: [[UInt8]], startsWithin: Bool = false) -> [String] {
        var assembler = LineAssembler(startsWithin: startsWithin)
        var lines: [String] = []
        for part in parts { assembler.append(part) { lines.append(String(decoding: $0, as: UTF8.self)) } }
        return lines
    }

    @Test("lines end with LF or CR LF, however the bytes are cut; the rest of a line nobody saw begin is dropped")
    func cutting() {
        let text = Array("a,1\r\nb,2\n\n\r\nc\r,3\nd".utf8)
        for first in 0...text.count {
            for second in first...text.count {
                let parts = [Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]
                #expect(self.lines(parts) == ["a,1", "b,2", "c\r,3"])
                #expect(self.lines(parts, startsWithin: true) == ["b,2", "c\r,3"])
            }
        }
    }

    @Test("512 bytes are a line, 513 are dropped up to their end, and memory stays bounded")
    func length() {
        func line(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "x"), count: count) }
        let crlf = Array("\r\n".utf8)
        #expect(self.lines([line(512) + crlf, line(1) + [0x0A]]).map(\.count) == [512, 1])
        #expect(self.lines([line(513) + crlf, line(1) + [0x0A]]).map(\.count) == [1])
        #expect(self.lines([line(513) + [0x0A], line(1) + [0x0A]]).map(\.count) == [1])
        #expect(self.lines([line(100_000), [0x0A], line(2) + [0x0A]]).map(\.count) == [2])
    }

    @Test("flipped, cut and doubled lines never trap in any format, and what they give is finite and in range")
    func fuzz() {
        let seed: UInt64 = 0x6C69_6E65
        var random = SplitMix64(seed: seed)
        let samples = [
            "17,21.50,40.20", #"{"seq":17,"temperature":21.5,"humidity":40.2}"#, "T=21.50 H=40.20",
            "$WIXDR,C,21.5,C,TEMP,H,40.2,P,HUMI*5D", "$IIXDR,C,-3.7,C,AIRTEMP,P,1.01325,B,BARO",
            "RH= 43.0 %RH T= 21.0 'C Tdp= 8.0 'C x= 6.7 g/kg",
        ].map { Array($0.utf8) }
        var formats = [Self.csv, Self.json, Self.keys, .xdr(XDRSentence(Self.any)), Self.vaisala]
        let alphabet = Array(",;=*$\"{}[]:.-+eE0123459 'CFRH%\t\r\\".utf8) + [0, 0x7F, 0x80, 0xC3, 0xFF]
        var values = 0
        for round in 0..<20_000 {
            var line = samples[round % samples.count]
            for _ in 0..<Int.random(in: 0...4, using: &random) where !line.isEmpty {
                let index = Int.random(in: line.indices, using: &random)
                guard let byte = alphabet.randomElement(using: &random) else { continue }
                switch Int.random(in: 0..<4, using: &random) {
                case 0: line[index] = byte
                case 1: line.removeSubrange(index...)
                case 2: line.insert(byte, at: index)
                default: line.insert(contentsOf: line[index...].prefix(12), at: index)
                }
            }
            for index in formats.indices {
                for reading in formats[index].readings(in: line[...]) ?? [] {
                    guard let value = reading.value else { continue }
                    values += 1
                    #expect(reading.quantity.plausibleRange.contains(value), "seed \(seed), round \(round)")
                }
            }
        }
        #expect(values > 5_000, "seed \(seed): the fuzzer only made rubbish")
    }
}
