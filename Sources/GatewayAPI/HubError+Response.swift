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

    private static func known(_ name: String) -> HTTPField.Name {
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
        let tracking = String(UInt64.random(in: .min ... .max), radix: 16)
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("Message")
        writer.string("ErrorCode:\(self.code.rawValue);\(self.message)")
        writer.key("ExceptionMessage")
        writer.string("Tracking ID:\(tracking)-TimeStamp:\(now)")
        writer.endObject()
        var response = Response.json(writer.bytes, status: HTTPResponse.Status(code: self.code.status))
        response.headers[.errorCode] = self.code.rawValue
        switch self.code {
        case .throttled: response.headers[.retryAfter] = "1"
        case .unauthorized: response.headers[.wwwAuthenticate] = "SharedAccessSignature"
        default: break
        }
        return response
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
}
