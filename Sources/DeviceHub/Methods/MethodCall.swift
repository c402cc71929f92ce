package import HubProtocol
internal import TelemetryJSON

/// A call of a direct method, checked.
///
/// Source: contract iothub-rest section 5.
package struct MethodCall: Equatable, Sendable {
    /// Characters of a name at most.
    package static let nameLengthMax = 100
    /// Bytes of a payload at most, of the device's answer too.
    package static let payloadBytesMax = 128 << 10
    /// Seconds a device has to answer.
    package static let responseSeconds = 5...300
    package static let responseSecondsDefault = 30
    /// Seconds that are waited for a device to connect.
    package static let connectSeconds = 0...300

    /// 1 to ``nameLengthMax`` characters.
    package let name: String
    /// JSON text; empty for none.
    package let payload: [UInt8]
    package let responseTimeoutSeconds: Int
    package let connectTimeoutSeconds: Int

    /// A call.
    ///
    /// - Parameters:
    ///   - name: of the method.
    ///   - payload: JSON text; `nil` for none.
    ///   - responseTimeoutSeconds: in ``responseSeconds``; `nil` for 30.
    ///   - connectTimeoutSeconds: in ``connectSeconds``; `nil` for 0.
    /// - Throws: `argumentInvalid`, `tooLarge`.
    package init(
        name: String,
        payload: [UInt8]?,
        responseTimeoutSeconds: Int?,
        connectTimeoutSeconds: Int?
    ) throws(HubError) {
        self.name = name
        self.payload = payload ?? []
        self.responseTimeoutSeconds = responseTimeoutSeconds ?? MethodCall.responseSecondsDefault
        self.connectTimeoutSeconds = connectTimeoutSeconds ?? 0
        guard (1...MethodCall.nameLengthMax).contains(name.count), !name.utf8.contains(0) else {
            let limit = MethodCall.nameLengthMax
            throw HubError(.argumentInvalid, "methodName has 1 to \(limit) characters, none of them NUL")
        }
        guard self.payload.count <= MethodCall.payloadBytesMax else {
            throw HubError(
                .tooLarge,
                "the payload has \(self.payload.count) bytes; the limit is \(MethodCall.payloadBytesMax) bytes"
            )
        }
        try MethodCall.check("responseTimeoutInSeconds", self.responseTimeoutSeconds, MethodCall.responseSeconds)
        try MethodCall.check("connectTimeoutInSeconds", self.connectTimeoutSeconds, MethodCall.connectSeconds)
        if !self.payload.isEmpty, let fault = JSONValidator.fault(in: self.payload) {
            throw HubError(.argumentInvalid, "the payload is not JSON: \(fault)")
        }
    }

    private static func check(_ name: String, _ seconds: Int, _ range: ClosedRange<Int>) throws(HubError) {
        guard !range.contains(seconds) else { return }
        throw HubError(.argumentInvalid, "\(name) is \(seconds); it is \(range.lowerBound) to \(range.upperBound)")
    }
}
