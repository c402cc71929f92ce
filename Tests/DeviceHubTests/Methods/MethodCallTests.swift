import HubProtocol
import Testing

@testable import DeviceHub

@Suite("Calls of direct methods are checked, contract iothub-rest section 5")
struct MethodCallTests {
    @Test(
        "name, payload and timeouts have ranges",
        arguments: [
            (name: "m", payload: "null", response: 5, connect: 0, code: HubError.Code?.none),
            (String(repeating: "m", count: 100), "{}", 300, 300, nil),
            ("", "{}", 5, 0, .argumentInvalid),
            (String(repeating: "m", count: 101), "{}", 5, 0, .argumentInvalid),
            ("m", "{}", 4, 0, .argumentInvalid),
            ("m", "{}", 301, 0, .argumentInvalid),
            ("m", "{}", 5, -1, .argumentInvalid),
            ("m", "{}", 5, 301, .argumentInvalid),
            ("m", "{", 5, 0, .argumentInvalid),
            ("m", "\"" + String(repeating: "a", count: (128 << 10) - 2) + "\"", 5, 0, nil),
            ("m", "\"" + String(repeating: "a", count: (128 << 10) - 1) + "\"", 5, 0, .tooLarge),
        ]
    )
    func ranges(name: String, payload: String, response: Int, connect: Int, code: HubError.Code?) {
        let result = Result { () throws(HubError) in
            try MethodCall(
                name: name,
                payload: Array(payload.utf8),
                responseTimeoutSeconds: response,
                connectTimeoutSeconds: connect
            )
        }
        switch result {
        case .success: #expect(code == nil)
        case .failure(let error): #expect(error.code == code)
        }
    }

    @Test("what is not said is 30 and 0 seconds and no payload")
    func defaults() throws {
        let call = try MethodCall(name: "m", payload: nil, responseTimeoutSeconds: nil, connectTimeoutSeconds: nil)
        #expect(call.responseTimeoutSeconds == 30)
        #expect(call.connectTimeoutSeconds == 0)
        #expect(call.payload.isEmpty)
    }
}
