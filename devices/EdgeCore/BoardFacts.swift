import TelemetryJSON

/// What the agent runs on.
package struct BoardFacts: Equatable, Sendable {
    /// The device tree's model, `Raspberry Pi 4 Model B Rev 1.4`, or the firmware's product name; empty: unknown.
    package var model = ""
    /// `PRETTY_NAME` of os-release.
    package var system = ""
    package var kernel = ""
    /// As the kernel names it: `aarch64`, `x86_64`.
    package var architecture = ""
    package var host = ""

    package init() {}

    var json: JSONObject {
        var object = JSONObject()
        let facts = [
            ("model", self.model), ("system", self.system), ("kernel", self.kernel),
            ("architecture", self.architecture), ("host", self.host),
        ]
        for (name, text) in facts where !text.isEmpty { object[name] = .string(text) }
        return object
    }
}
