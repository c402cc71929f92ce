import HTTPTypes
import HubProtocol
import Hummingbird
import NIOCore
import TelemetryJSON
import TelemetryModel

extension HTTPField.Name {
    /// The name of an error of the contract.
    static let errorCode = HTTPField.Name.known("iothub-errorcode")
    static let ifMatch = HTTPField.Name.known("If-Match")
    /// Bytes of a backup's contents, for progress.
    static let backupBytes = HTTPField.Name.known("weir-backup-bytes")

    /// A name that is one.
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("“\(name)” is no field name") }
        return name
    }
}

extension HubError {
    /// The answer of the contract for this error.
    ///
    ///     404  iothub-errorcode: DeviceNotFound
    ///     {"Message":"ErrorCode:DeviceNotFound;…","ExceptionMessage":"Tracking ID:…-TimeStamp:…"}
    ///
    /// Source: contract iothub-rest section 1, "Errors".
    func response(at now: Timestamp) -> Response {
        self.response(
            message: "ErrorCode:\(self.code.rawValue);\(self.message)",
            exception: "Tracking ID:\(HubError.makeTrackingID())-TimeStamp:\(now)"
        )
    }

    /// The answer for a direct method that came to nothing: JSON inside `Message`.
    ///
    ///     {"Message":"{\"errorCode\":404103,\"trackingId\":\"…\",\"message\":\"…\",\"timestampUtc\":\"…\",
    ///      \"info\":{\"timeout\":\"00:00:00\"}}","ExceptionMessage":""}
    ///
    /// Source: contract iothub-rest section 5.
    func methodResponse(at now: Timestamp) -> Response {
        var details: JSONObject = [
            "errorCode": .integer(Int64(self.code.number)),
            "trackingId": .string(HubError.makeTrackingID()),
            "message": .string(self.message),
            "timestampUtc": .string(now.description),
        ]
        if let seconds = self.timeoutSeconds {
            details.set("info", to: .object(["timeout": .string(HubError.clockText(seconds))]))
        }
        return self.response(message: details.description, exception: "")
    }

    private func response(message: String, exception: String) -> Response {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("Message")
        writer.string(message)
        writer.key("ExceptionMessage")
        writer.string(exception)
        writer.endObject()
        var response = Response.json(writer.bytes, status: HTTPResponse.Status(code: self.code.status))
        response.headers[.errorCode] = self.code.rawValue
        switch self.code {
        case .throttled: response.headers[.retryAfter] = "\(max(1, self.retryAfterSeconds ?? 1))"
        case .unauthorized: response.headers[.wwwAuthenticate] = "SharedAccessSignature"
        default:
            if let seconds = self.retryAfterSeconds { response.headers[.retryAfter] = "\(max(1, seconds))" }
        }
        return response
    }

    private static func makeTrackingID() -> String {
        String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// `00:01:05`.
    private static func clockText(_ seconds: Int) -> String {
        [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}

extension Response {
    /// A JSON answer.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// A document, with its etag when it has one.
    static func document(_ object: JSONObject, etag: String? = nil) -> Response {
        var response = Response.json(object.bytes)
        if let etag { response.headers[.eTag] = "\"\(etag)\"" }
        return response
    }

    /// Documents, as an array.
    static func documents(_ objects: [JSONObject]) -> Response {
        var writer = JSONWriter(capacity: objects.count * 512)
        writer.beginArray()
        for object in objects { writer.object(object) }
        writer.endArray()
        return .json(writer.bytes)
    }
}
