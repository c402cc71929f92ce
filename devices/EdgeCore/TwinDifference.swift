package import TelemetryJSON

/// What has to be written into a section of the twin so that it says something else (RFC 7386).
package enum TwinDifference {
    /// The patch that leads from one object to another. What is only in the first is removed by `null`, but not at the
    /// top, where others may have written.
    package static func patch(from known: JSONObject, to wanted: JSONObject) -> JSONObject {
        self.patch(from: known, to: wanted, removes: false)
    }

    /// What an object is after a patch.
    package static func merged(_ object: JSONObject, with patch: JSONObject) -> JSONObject {
        var result = object
        for member in patch {
            switch member.value {
            case .null: result[member.name] = nil
            case .object(let inner):
                result[member.name] = .object(self.merged(result[member.name]?.object ?? JSONObject(), with: inner))
            case .bool, .integer, .number, .string, .array: result[member.name] = member.value
            }
        }
        return result
    }

    private static func patch(from known: JSONObject, to wanted: JSONObject, removes: Bool) -> JSONObject {
        var patch = JSONObject()
        for member in wanted where known[member.name] != member.value {
            if let inner = member.value.object, let old = known[member.name]?.object {
                patch[member.name] = .object(self.patch(from: old, to: inner, removes: true))
            } else {
                patch[member.name] = member.value
            }
        }
        guard removes else { return patch }
        for member in known where wanted[member.name] == nil && !member.name.hasPrefix("$") {
            patch[member.name] = .null
        }
        return patch
    }
}
