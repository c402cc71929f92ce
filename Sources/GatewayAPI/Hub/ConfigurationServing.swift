package import DeviceHub
package import HubProtocol
package import TelemetryJSON
package import TelemetryModel
package import TwinModel

/// What the API asks of automatic device management; implemented by the hub. Documents are the contract's.
///
/// Source: contract iothub-rest section 7.
package protocol ConfigurationServing: Sendable {
    /// Makes a configuration, or with a condition changes one.
    ///
    /// - Parameters:
    ///   - id: its name, as in the path.
    ///   - body: what was sent.
    ///   - condition: `nil` makes one.
    ///   - author: who.
    /// - Returns: the configuration.
    /// - Throws: the contract's errors.
    func put(
        _ id: String,
        _ body: JSONObject,
        ifMatch condition: EntityTagCondition?,
        author: String
    ) async throws(HubError) -> JSONObject
    /// One configuration.
    func configuration(_ id: String) async throws(HubError) -> JSONObject
    /// At most `top` configurations.
    func configurations(top: Int) async throws(HubError) -> [JSONObject]
    /// Deletes a configuration.
    func delete(_ id: String, ifMatch condition: EntityTagCondition, author: String) async throws(HubError)
    /// What is wrong with a target condition and metric queries.
    func testQueries(_ body: JSONObject) async throws(HubError) -> JSONObject
    /// Writes a configuration's content into one device.
    func apply(content: JSONObject, to device: IdentityID, author: String) async throws(HubError)
}

extension ConfigurationService: ConfigurationServing {}
