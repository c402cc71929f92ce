import KafkaProtocol
import NIOCore
import Testing

@Suite("Which versions are spoken, contract §2")
struct APIVersionTableTests {
    /// The contract's worked answer to ApiVersions v3 with correlation id 1.
    private static let versionThree = """
        000000a6 00000001 0000 17  0000 0000 0008 00  0001 0004 000b 00  0002 0001 0005 00  0003 0000 0008 00
        0008 0002 0007 00  0009 0001 0005 00  000a 0000 0002 00  000b 0000 0005 00  000c 0000 0003 00
        000d 0000 0003 00  000e 0000 0003 00  000f 0000 0004 00  0010 0000 0002 00  0011 0000 0001 00
        0012 0000 0003 00  0013 0002 0004 00  0014 0001 0003 00  0016 0000 0001 00  0020 0001 0003 00
        0024 0000 0001 00  0025 0000 0001 00  002a 0000 0001 00  00000000 00
        """

    /// The contract's worked answer to v4: the body of version 0.
    private static let versionFour = """
        0000008e 00000001 0023 00000016  0000 0000 0008  0001 0004 000b  0002 0001 0005  0003 0000 0008
        0008 0002 0007  0009 0001 0005  000a 0000 0002  000b 0000 0005  000c 0000 0003
        000d 0000 0003  000e 0000 0003  000f 0000 0004  0010 0000 0002  0011 0000 0001
        0012 0000 0003  0013 0002 0004  0014 0001 0003  0016 0000 0001  0020 0001 0003
        0024 0000 0001  0025 0000 0001  002a 0000 0001
        """

    @Test("ApiVersions v3 is answered byte by byte as in the contract")
    func flexible() {
        var bytes = ByteBuffer()
        ApiVersionsAnswer().writeFrame(to: &bytes, correlationID: 1, version: 3)
        #expect(bytes.bytes == hex(APIVersionTableTests.versionThree))
        #expect(bytes.readableBytes == 170)
    }

    @Test(
        "ApiVersions of a version that we do not know is answered in the shape of version 0",
        arguments: [Int16(4), 5, .max]
    )
    func unknownVersion(version: Int16) {
        let header = RequestHeader(key: 18, version: version, correlationID: 1, clientID: nil)
        #expect(APIVersionTable.verdict(header) == .answerVersions)
        var bytes = ByteBuffer()
        ApiVersionsAnswer(error: .unsupportedVersion).writeFrame(to: &bytes, correlationID: 1, version: version)
        #expect(bytes.bytes == hex(APIVersionTableTests.versionFour))
    }

    @Test("every version on both sides of both limits gets its verdict", arguments: APIKey.allCases)
    func limits(key: APIKey) {
        let served = APIVersionTable.served(key)
        let refused: APIVersionTable.Verdict = key == .apiVersions ? .answerVersions : .refuse(key)
        let cases: [(Int16, APIVersionTable.Verdict)] = [
            (served.lowerBound, .serve(key)), (served.upperBound, .serve(key)),
            (served.lowerBound - 1, refused), (served.upperBound + 1, refused), (.min, refused), (.max, refused),
        ]
        for (version, verdict) in cases {
            let header = RequestHeader(key: key.rawValue, version: version, correlationID: 1, clientID: nil)
            #expect(APIVersionTable.verdict(header) == verdict, "version \(version)")
        }
    }

    @Test("only Produce and JoinGroup are advertised below what is served: librdkafka looks there")
    func advertisedOnly() {
        for key in APIKey.allCases {
            let advertised = APIVersionTable.advertised(key)
            let served = APIVersionTable.served(key)
            #expect(served.upperBound == advertised.upperBound)
            switch key {
            case .produce: #expect(advertised.lowerBound == 0 && served.lowerBound == 3)
            case .joinGroup: #expect(advertised.lowerBound == 0 && served.lowerBound == 2)
            default: #expect(served == advertised)
            }
        }
    }

    @Test(
        "a request that we do not know closes",
        arguments: [Int16(-1), 4, 21, 23, 24, 28, 60, 68, 71, 75, .min, .max]
    )
    func unknown(key: Int16) {
        let header = RequestHeader(key: key, version: 0, correlationID: 1, clientID: nil)
        #expect(header.api == nil)
        #expect(APIVersionTable.verdict(header) == .close)
    }

    @Test("the errors have the contract's numbers, §10")
    func errorNumbers() {
        let numbers: [(KafkaError, Int16)] = [
            (.noError, 0), (.offsetOutOfRange, 1), (.corruptMessage, 2), (.unknownTopicOrPartition, 3),
            (.messageTooLarge, 10), (.notCoordinator, 16), (.invalidTopic, 17), (.invalidRequiredAcks, 21),
            (.illegalGeneration, 22), (.inconsistentGroupProtocol, 23), (.invalidGroupID, 24),
            (.unknownMemberID, 25), (.invalidSessionTimeout, 26), (.rebalanceInProgress, 27),
            (.topicAuthorizationFailed, 29), (.groupAuthorizationFailed, 30), (.invalidTimestamp, 32),
            (.unsupportedSASLMechanism, 33), (.unsupportedVersion, 35), (.topicAlreadyExists, 36),
            (.invalidPartitions, 37), (.invalidReplicationFactor, 38), (.invalidConfig, 40), (.invalidRequest, 42),
            (.unsupportedForMessageFormat, 43), (.outOfOrderSequence, 45), (.invalidProducerEpoch, 47),
            (.transactionalIDAuthorizationFailed, 53), (.kafkaStorageError, 56), (.saslAuthenticationFailed, 58),
            (.nonEmptyGroup, 68), (.groupIDNotFound, 69), (.fetchSessionIDNotFound, 70), (.fencedLeaderEpoch, 74),
            (.unknownLeaderEpoch, 75), (.memberIDRequired, 79), (.fencedInstanceID, 82), (.invalidRecord, 87),
        ]
        for (error, number) in numbers { #expect(error.rawValue == number, "\(error)") }
    }
}
