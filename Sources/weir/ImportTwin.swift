import GatewayClient
import TelemetryJSON

/// The twin in a line of an import: tags, desired and reported properties, exactly as they were written. `$metadata` and
/// `$version` are passed over.
enum ImportTwin {
    /// Gives a device the twin of its line.
    ///
    /// - Parameters:
    ///   - line: a JSON object.
    ///   - device: gets tags and properties where the line has some.
    /// - Throws: `CommandFailure` naming the member that is no object.
    static func read(_ line: ArraySlice<UInt8>, into device: inout NewDevice) throws(CommandFailure) {
        let document: JSONObject
        do throws(JSONError) {
            document = try JSONValue(parsing: line).object ?? [:]
        } catch {
            throw CommandFailure("the line is not JSON: \(error)")
        }
        device.tags = try self.section(document["tags"], named: "tags")
        let properties = try self.section(document["properties"], named: "properties")
        device.desired = try self.section(properties?["desired"], named: "properties.desired")
        device.reported = try self.section(properties?["reported"], named: "properties.reported")
    }

    private static func section(_ value: JSONValue?, named name: String) throws(CommandFailure) -> JSONObject? {
        guard let value, value != .null else { return nil }
        guard var object = value.object else { throw CommandFailure("“\(name)” is not a JSON object") }
        object["$metadata"] = nil
        object["$version"] = nil
        return object
    }
}
