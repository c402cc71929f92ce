import MQTTCodec
import Testing

@Suite("Reason codes, MQTT 5.0 §2.4")
struct ReasonCodeTests {
    @Test(
        "a packet has the codes the specification lists for it and no others",
        arguments: [
            (
                PacketType.connack,
                [
                    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97,
                    0x99,
                    0x9A, 0x9B, 0x9C, 0x9D, 0x9F,
                ]
            ),
            (.puback, [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
            (.pubrec, [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
            (.pubrel, [0x00, 0x92]), (.pubcomp, [0x00, 0x92]),
            (.suback, [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2]),
            (.unsuback, [0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91]),
            (
                .disconnect,
                [
                    0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94,
                    0x95,
                    0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
                ]
            ),
            (.auth, [0x00, 0x18, 0x19]), (.connect, []), (.publish, []), (.subscribe, []), (.unsubscribe, []),
            (.pingreq, []), (.pingresp, []),
        ] as [(PacketType, [UInt8])]
    )
    func allowed(type: PacketType, codes: [UInt8]) {
        let allowed = (UInt8.min...(.max)).filter { ReasonCode(rawValue: $0).isAllowed(in: type) }
        #expect(allowed == codes)
    }

    @Test("who sends DISCONNECT decides which codes it has §3.14.2.1")
    func disconnectSenders() {
        let client = (UInt8.min...(.max)).filter {
            ReasonCode(rawValue: $0).isAllowed(in: .disconnect, from: .client)
        }
        #expect(client == [0, 4, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99])
        let both = (UInt8.min...(.max)).filter { ReasonCode(rawValue: $0).isAllowed(in: .disconnect) }
        let server = (UInt8.min...(.max)).filter {
            ReasonCode(rawValue: $0).isAllowed(in: .disconnect, from: .server)
        }
        #expect(server == both.filter { $0 != 4 })
    }

    @Test("a code of 0x80 and over is a failure, one below is not §2.4")
    func failures() {
        #expect(!ReasonCode(rawValue: 0x7F).isError)
        #expect(ReasonCode(rawValue: 0x80).isError)
        #expect(!ReasonCode.noMatchingSubscribers.isError)
        #expect(ReasonCode.wildcardSubscriptionsNotSupported.isError)
    }

    @Test("a code prints as the specification's name and number")
    func names() {
        #expect("\(ReasonCode.success)" == "Success (0x00)")
        #expect("\(ReasonCode.notAuthorized)" == "Not authorized (0x87)")
        #expect("\(ReasonCode(rawValue: 0x42))" == "unknown (0x42)")
        #expect(ReasonCode(rawValue: 0x42).name == nil)
    }

    @Test("a granted QoS is its own code [MQTT-3.8.4-7]", arguments: QoS.allCases)
    func granted(qos: QoS) {
        #expect(ReasonCode.granted(qos).rawValue == qos.rawValue)
        #expect(ReasonCode.granted(qos).isAllowed(in: .suback))
    }

    @Test("every reason of CONNACK has a return code of MQTT 3.1.1, and every return code comes back as itself")
    func returnCodes() {
        for code in ConnectReturnCode.allCases { #expect(ConnectReturnCode(code.reason) == code) }
        for raw in UInt8(0x80)...(.max) {
            let reason = ReasonCode(rawValue: raw)
            #expect(ConnectReturnCode(reason) != .accepted)
        }
    }

    @Test(
        "what may pass with time is never final to a client of MQTT 3.1.1",
        arguments: [
            ReasonCode.serverUnavailable, .serverBusy, .quotaExceeded, .connectionRateExceeded, .unspecifiedError,
            .implementationSpecificError, .useAnotherServer, .serverMoved, .serverShuttingDown,
        ]
    )
    func temporary(reason: ReasonCode) {
        #expect(ConnectReturnCode(reason) == .serverUnavailable)
    }
}
