import EdgeCore
import TelemetryJSON

/// `desired.json` in the state folder: the desired properties that were good, for starts without a gateway.
///
/// `{"version":7,"accepted":{…}}`. Replaced whole. Read once, at the start; a file that cannot be read is as none, for the
/// twin has it all.
struct DesiredFile {
    private static let name = "desired.json"

    let folder: StateFolder

    /// The properties; empty when there are none.
    func load() -> JSONObject {
        guard let bytes = try? self.folder.read(Self.name), let document = try? JSONValue(parsing: bytes) else {
            return JSONObject()
        }
        return document.object?["accepted"]?.object ?? JSONObject()
    }

    /// Keeps the properties.
    func save(_ accepted: JSONObject, version: Int64) throws(SpoolFault) {
        let document: JSONObject = ["version": .integer(version), "accepted": .object(accepted)]
        try self.folder.replace(Self.name, with: document.bytes + [0x0A])
    }
}
