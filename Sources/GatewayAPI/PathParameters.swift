import HubProtocol
import Hummingbird
import TelemetryModel

/// The names in a path, percent-decoded once, after the path was split.
enum PathParameters {
    /// The device of `/devices/:id`, or the module of `/devices/:id/modules/:module`.
    static func identity(_ context: APIContext) throws -> IdentityID {
        let device = try self.text("id", context)
        guard context.parameters.get("module") != nil else { return try IdentityBody.checkedID(device) }
        return try IdentityBody.checkedID(device, module: try self.text("module", context))
    }

    /// A parameter's text.
    static func text(_ name: String, _ context: APIContext) throws -> String {
        if let fixed = context.captures[name] { return fixed }
        guard let text = PercentEncoding.decode(try context.parameters.require(name)) else {
            throw HubError(.argumentInvalid, "the \(name) in the path is not percent-encoded UTF-8")
        }
        return text
    }
}
