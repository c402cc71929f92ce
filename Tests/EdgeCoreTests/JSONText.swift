import TelemetryJSON

/// An object from its text; empty when it is none, so that a comparison fails.
func json(_ text: String) -> JSONObject {
    (try? JSONValue(parsing: text))?.object ?? JSONObject()
}
