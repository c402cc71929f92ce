import KafkaProtocol
import NIOCore
import Testing

@Suite("Hostile counts and lengths, contract §1")
struct RequestFieldsTests {
    @Test(
        "a count is compared with the bytes left before anything is allocated",
        arguments: [
            ("00000001 0000", nil),
            ("00000002 0000 0000", nil),
            ("00000002 0000 00", KafkaWireError(.countOverBytesLeft(count: 2, bytes: 3), at: 0)),
            ("7fffffff 0000 0000", .init(.countOverBytesLeft(count: 0x7fff_ffff, bytes: 4), at: 0)),
            ("fffffffe 0000", .init(.negativeLength(-2), at: 0)),
            ("80000000 0000", .init(.negativeLength(-2_147_483_648), at: 0)),
            ("ffffffff", .init(.negativeLength(-1), at: 0)),
        ]
    )
    func counts(text: String, error: KafkaWireError?) throws {
        var body = ByteBuffer(hex: text)
        guard let error else {
            _ = try DeleteGroupsRequest(reading: &body, version: 0)
            return
        }
        #expect(throws: error) { try DeleteGroupsRequest(reading: &body, version: 0) }
    }

    @Test(
        "a string ends where the request ends, is UTF-8, and null only where null is allowed",
        arguments: [
            ("0000", nil),
            ("0002 c3a9", nil),
            ("0003 c3a9", KafkaWireError(.truncated, at: 2)),
            ("7fff c3a9", .init(.truncated, at: 2)),
            ("0002 c3c3", .init(.malformedString, at: 2)),
            ("0001 c3", .init(.malformedString, at: 2)),
            ("ffff", .init(.negativeLength(-1), at: 0)),
            ("fffe", .init(.negativeLength(-2), at: 0)),
            ("8000", .init(.negativeLength(-32_768), at: 0)),
        ]
    )
    func strings(text: String, error: KafkaWireError?) throws {
        var body = ByteBuffer(hex: text)
        guard let error else {
            _ = try SaslHandshakeRequest(reading: &body, version: 0)
            return
        }
        #expect(throws: error) { try SaslHandshakeRequest(reading: &body, version: 0) }
    }

    @Test(
        "bytes end where the request ends",
        arguments: [
            ("00000000", nil),
            ("00000001 ff", nil),
            ("00000002 ff", KafkaWireError(.truncated, at: 4)),
            ("7fffffff ff", .init(.truncated, at: 4)),
            ("ffffffff", .init(.negativeLength(-1), at: 0)),
            ("fffffffe", .init(.negativeLength(-2), at: 0)),
        ]
    )
    func bytes(text: String, error: KafkaWireError?) throws {
        var body = ByteBuffer(hex: text)
        guard let error else {
            _ = try SaslAuthenticateRequest(reading: &body, version: 1)
            return
        }
        #expect(throws: error) { try SaslAuthenticateRequest(reading: &body, version: 1) }
    }

    @Test(
        "a compact string has its length + 1 in front",
        arguments: [
            ("01 01 00", nil),
            ("02 61 01 00", nil),
            ("00 01 00", KafkaWireError(.negativeLength(-1), at: 0)),
            ("ffffffff0f 01 00", .init(.truncated, at: 5)),
        ]
    )
    func compactStrings(text: String, error: KafkaWireError?) throws {
        var body = ByteBuffer(hex: text)
        guard let error else {
            _ = try ApiVersionsRequest(reading: &body, version: 3)
            return
        }
        #expect(throws: error) { try ApiVersionsRequest(reading: &body, version: 3) }
    }

    @Test("a request holds at most 100,000 elements, however they are nested")
    func elements() throws {
        var most = ByteBuffer(integer: Int32(100_000))
        most.writeRepeatingByte(0, count: 200_000)
        #expect(try DeleteGroupsRequest(reading: &most, version: 0).groups.count == 100_000)
        var over = ByteBuffer(integer: Int32(100_001))
        over.writeRepeatingByte(0, count: 200_002)
        let error = KafkaWireError(.tooManyElements(limit: 100_000), at: 0)
        #expect(throws: error) { try DeleteGroupsRequest(reading: &over, version: 0) }
    }

    @Test("one topic and its partitions count together", arguments: [(99_999, true), (100_000, false)])
    func nestedElements(partitions: Int, isRead: Bool) throws {
        var body = ByteBuffer(hex: "0001 67 00000001 0001 74")
        body.writeInteger(Int32(partitions))
        body.writeRepeatingByte(0, count: partitions * 4)
        if isRead {
            #expect(try OffsetFetchRequest(reading: &body, version: 5).topics?.first?.partitions.count == partitions)
        } else {
            #expect(throws: KafkaWireError(.tooManyElements(limit: 100_000), at: 10)) {
                try OffsetFetchRequest(reading: &body, version: 5)
            }
        }
    }

    @Test("what a group keeps is a copy: it does not keep the frame")
    func copies() throws {
        var body = ByteBuffer(hex: "0001 67 00000003 0001 6d ffff 00000001 0001 6d 00000003 010203")
        let frame = body
        let request = try SyncGroupRequest(reading: &body, version: 3)
        let assignment = try #require(request.assignments.first?.assignment)
        #expect(assignment.bytes == [1, 2, 3])
        #expect(assignment.isPart(of: frame) == false)
    }
}
