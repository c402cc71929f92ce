import KafkaProtocol
import NIOCore
import Testing

@Suite("Requests and answers as kafka-python encodes them, contract §3")
struct WireVectorTests {
    @Test("there is a vector for every version that is advertised")
    func complete() {
        for key in APIKey.allCases {
            let versions = WireVector.all.filter { $0.key == key }.map(\.version)
            #expect(versions == Array(APIVersionTable.advertised(key)), "\(key)")
        }
    }

    @Test("a request is read whole, as it was meant", arguments: WireVector.all)
    func request(vector: WireVector) throws {
        var bytes = ByteBuffer(hex: vector.request)
        let request = try Request(vector.key, version: vector.version, reading: &bytes)
        #expect(request == WireSample(vector.key, version: vector.version).request)
        #expect(bytes.readableBytes == 0)
    }

    @Test("a request cut anywhere, or with a byte too many, is refused", arguments: WireVector.all)
    func cutRequest(vector: WireVector) throws {
        let whole = hex(vector.request)
        for length in 0..<whole.count {
            var bytes = ByteBuffer(bytes: whole.prefix(length))
            #expect(throws: KafkaWireError.self, "\(length) of \(whole.count) bytes") {
                try Request(vector.key, version: vector.version, reading: &bytes)
            }
        }
        var longer = ByteBuffer(bytes: whole + [0])
        #expect(throws: KafkaWireError(.trailingBytes(1), at: whole.count)) {
            try Request(vector.key, version: vector.version, reading: &longer)
        }
    }

    @Test("an answer is written byte by byte as clients read it", arguments: WireVector.all)
    func answer(vector: WireVector) {
        var bytes = ByteBuffer()
        WireSample(vector.key, version: vector.version).answer.write(to: &bytes, version: vector.version)
        #expect(bytes.bytes == hex(vector.answer))
    }

    @Test("a frame is the length, the correlation id and the body, behind what the buffer held")
    func frame() {
        var bytes = ByteBuffer(bytes: [0xAA])
        HeartbeatAnswer(error: .illegalGeneration).writeFrame(to: &bytes, correlationID: -2, version: 1)
        #expect(bytes.bytes == hex("aa 0000000a fffffffe 00000000 0016"))
    }

    @Test("Metadata version 0 asks for all topics by naming none; later versions by null")
    func allTopics() throws {
        let cases: [(version: Int16, bytes: String, topics: [String]?)] = [
            (0, "00000000", nil), (0, "ffffffff", nil), (1, "00000000", []), (1, "ffffffff", nil),
            (4, "00000000 01", []), (4, "ffffffff 00", nil),
        ]
        for (version, text, topics) in cases {
            var bytes = ByteBuffer(hex: text)
            let request = try MetadataRequest(reading: &bytes, version: version)
            #expect(request.topics == topics, "version \(version), \(text)")
            #expect(request.allowsAutoCreation == (text != "ffffffff 00"))
        }
    }

    @Test("OffsetFetch takes null for all topics from version 2 on")
    func allOffsets() throws {
        var bytes = ByteBuffer(hex: "0001 67 ffffffff")
        #expect(try OffsetFetchRequest(reading: &bytes, version: 2).topics == nil)
        var older = ByteBuffer(hex: "0001 67 ffffffff")
        #expect(throws: KafkaWireError(.negativeLength(-1), at: 3)) {
            try OffsetFetchRequest(reading: &older, version: 1)
        }
    }

    @Test("below version 3 LeaveGroup tells the only member's error")
    func leaveError() {
        var bytes = ByteBuffer()
        LeaveGroupAnswer(members: [.init(memberID: "m", error: .unknownMemberID)]).write(to: &bytes, version: 1)
        #expect(bytes.bytes == hex("00000000 0019"))
    }

    @Test("a request of a version that is not advertised is not read", arguments: APIKey.allCases)
    func otherVersion(key: APIKey) {
        let advertised = APIVersionTable.advertised(key)
        for version in [advertised.lowerBound - 1, advertised.upperBound + 1, .min, .max] {
            var bytes = ByteBuffer(repeating: 0, count: 64)
            #expect(throws: KafkaWireError(.unsupportedVersion(version), at: 0)) {
                try Request(key, version: version, reading: &bytes)
            }
        }
    }

    @Test("a token is not in the words of its request")
    func secret() throws {
        var bytes = ByteBuffer(hex: "00000006") + ByteBuffer(string: "secret")
        let request = try SaslAuthenticateRequest(reading: &bytes, version: 1)
        #expect("\(request) \(Request.saslAuthenticate(request))".contains("secret") == false)
        #expect("\(request)" == "SaslAuthenticateRequest(6 bytes)")
    }
}

private func + (head: ByteBuffer, tail: ByteBuffer) -> ByteBuffer {
    var whole = head
    whole.writeImmutableBuffer(tail)
    return whole
}
