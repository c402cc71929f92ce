import Testing

@testable import AMQPProtocol

@Suite("The bytes of azure-iot-hub 2.7, captured")
struct CapturedClientTests {
    @Test("the Python client comes in, puts its token, sends two messages and leaves")
    func conversation() {
        var service = TestService()
        var names: [[String]] = []
        var messages: [CloudToDeviceMessage] = []
        for frames in CapturedFrames.all {
            service.send(frames.bytes)
            service.answerToken()
            for effect in service.asks() {
                guard case .deliver(let id, let message) = effect else {
                    service.asked.append(effect)
                    continue
                }
                messages.append(message)
                service.done(id.number, message.deviceID == "dev1" ? .accepted : .notFound)
            }
            names.append(service.look().map(\.name))
        }
        #expect(
            names == [
                ["header sasl", "mechanisms MSSBCBS"], ["outcome 0"], ["header amqp"], ["open"], ["begin"],
                ["attach", "flow"], ["attach"], ["accepted 0"], ["answer 200 on 1"], [], ["attach", "flow"],
                ["accepted 1"], ["rejected 2 amqp:not-found"], ["detach"], ["detach"], ["detach"], ["end"], ["close"],
            ]
        )
        #expect(service.closed == .clientClosed)
        guard let message = messages.first else { return }
        #expect(message.messageID == "m9")
        #expect(message.correlationID == "c1")
        #expect(message.contentType == "application/json")
        #expect(message.contentEncoding == "utf-8")
        #expect(message.feedback == .full)
        #expect(
            message.properties == [
                .init("app one", "v/1"), .init("n", "5"), .init("f", "1.5"), .init("b", "true"), .init("nul", nil),
            ]
        )
        #expect(message.body == Array("hello c2d".utf8))
    }
}
