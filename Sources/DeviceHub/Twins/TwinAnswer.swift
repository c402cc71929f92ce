internal import HubProtocol
internal import TelemetryJSON
internal import TelemetryModel

/// What a device gets on `$iothub/twin/res/`.
///
/// Source: contract iothub-mqtt sections 5 and 6, twins section 6.
struct TwinAnswer: Equatable, Sendable {
    var topic: String
    /// As the device wrote it.
    var requestID: String
    var payload: [UInt8]
    /// Whether it leaves some seconds later: the Python client repeats a read that failed at once, for ever.
    var isHeldBack: Bool

    /// The properties.
    static func properties(_ payload: [UInt8], requestID: String) -> TwinAnswer {
        TwinAnswer(
            topic: HubAnswerTopic.twin(status: 200, requestID: requestID),
            requestID: requestID,
            payload: payload,
            isHeldBack: false
        )
    }

    /// A patch is done, and led to this `$version`.
    static func patched(version: Int64, requestID: String) -> TwinAnswer {
        TwinAnswer(
            topic: HubAnswerTopic.twin(status: 204, requestID: requestID, version: version),
            requestID: requestID,
            payload: [],
            isHeldBack: false
        )
    }

    /// It was refused.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - requestID: of the request.
    ///   - now: wall time.
    /// - Returns: The answer.
    static func refused(_ error: HubError, requestID: String, at now: Timestamp) -> TwinAnswer {
        let status = error.code.status
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("errorCode")
        writer.number(error.code.number)
        writer.key("trackingId")
        writer.string(String(UInt64.random(in: 0...UInt64.max), radix: 16))
        writer.key("message")
        writer.string(error.message)
        writer.key("timestampUtc")
        writer.string(now.description)
        writer.endObject()
        return TwinAnswer(
            topic: HubAnswerTopic.twin(status: status, requestID: requestID),
            requestID: requestID,
            payload: writer.bytes,
            isHeldBack: status == 429 || status >= 500
        )
    }
}
