package import TelemetryJSON
package import TwinModel

extension TwinPatch {
    /// The patch as the body that it was read from.
    package var document: JSONObject {
        var document: JSONObject = [:]
        if let tags = self.tags { document.set("tags", to: .object(tags.members)) }
        if let desired = self.desired {
            document.set("properties", to: .object(["desired": .object(desired.members)]))
        }
        return document
    }
}
