internal import TelemetryJSON
internal import TwinModel

extension TwinPatch {
    /// Whether a twin has everything that the patch would write, and nothing that it would delete.
    ///
    /// - Parameter document: the twin as the service reads it.
    /// - Returns: Whether writing it would change nothing.
    func isFulfilled(by document: JSONObject) -> Bool {
        let desired = document["properties"]?.object?["desired"]?.object ?? [:]
        return (self.tags?.members ?? [:]).isMerged(in: document["tags"]?.object ?? [:])
            && (self.desired?.members ?? [:]).isMerged(in: desired)
    }
}

extension JSONObject {
    /// Whether merging this into an object (RFC 7386) leaves it as it is.
    func isMerged(in other: JSONObject) -> Bool {
        self.allSatisfy { member in
            switch (member.value, other[member.name]) {
            case (.null, let value): value == nil
            case (.object(let patch), .object(let value)?): patch.isMerged(in: value)
            case (.object, _): false
            case (let wanted, let value): wanted == value
            }
        }
    }
}
