import NIOCore
import NIOHTTP1
package import TelemetryJSON

extension GatewayClient {
    /// Seconds that a device gets to answer a call when nobody says otherwise.
    private static let responseSecondsDefault = 30

    /// Calls a direct method and waits for its answer. Source: contract iothub-rest section 5.
    ///
    /// - Parameters:
    ///   - method: its name, 1 to 100 characters.
    ///   - id: `device` or `device/module`.
    ///   - payload: what it is called with; `nil` for nothing.
    ///   - responseTimeoutSeconds: 5 to 300; `nil` for 30.
    ///   - connectTimeoutSeconds: 0 to 300, how long to wait for a device that is away; `nil` for 0.
    /// - Returns: `{"status":200,"payload":…}` with the device's own status.
    /// - Throws: refused with 404 when the device is unknown or away, with 504 when it does not answer.
    package func invoke(
        _ method: String,
        on id: String,
        payload: JSONValue? = nil,
        responseTimeoutSeconds: Int? = nil,
        connectTimeoutSeconds: Int? = nil
    ) async throws(GatewayClientError) -> JSONObject {
        var body: JSONObject = ["methodName": .string(method)]
        body["payload"] = payload
        body["responseTimeoutInSeconds"] = responseTimeoutSeconds.map { .integer(Int64($0)) }
        body["connectTimeoutInSeconds"] = connectTimeoutSeconds.map { .integer(Int64($0)) }
        let seconds = (responseTimeoutSeconds ?? GatewayClient.responseSecondsDefault) + (connectTimeoutSeconds ?? 0)
        return try await self.document(
            .POST,
            "\(GatewayClient.twinPath(id))/methods",
            body: body,
            timeout: GatewayClient.answerTimeout + .seconds(Int64(seconds))
        )
    }
}
