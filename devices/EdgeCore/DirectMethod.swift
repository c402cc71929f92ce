import TelemetryJSON
import TelemetryModel

/// A direct method of the agent's, with its arguments checked.
package enum DirectMethod: Equatable, Sendable {
    /// `{}`: whether the agent is there.
    case ping
    /// `{"sensor":"room"}` or nothing for all: measures now, publishes and answers with the values.
    case readNow(sensor: Int?)
    /// `{"seconds":10}`: blinks the board's light, so that a person finds it.
    case identify(seconds: Int)
    /// Health, sensors, effective settings and the last lines of the log.
    case getDiagnostics
    /// `{"level":"debug"}`: until the next start, or the next change of the desired level.
    case setLogLevel(LogLevel)
    /// `{"sensor":"room"}` or nothing for all: identifies and initialises anew, then measures.
    case reinitSensor(sensor: Int?)
    /// Ends as at SIGTERM and starts again.
    case restart

    /// A call that cannot be carried out.
    package struct Refusal: Error, Equatable, Sendable {
        /// As HTTP numbers them: 404 for an unknown name, 400 for bad arguments.
        package var status: Int
        package var message: String

        package init(status: Int, message: String) {
            self.status = status
            self.message = message
        }

        package var payload: [UInt8] { (["error": .string(self.message)] as JSONObject).bytes }
    }

    package static let names = [
        "ping", "readNow", "identify", "getDiagnostics", "setLogLevel", "reinitSensor", "restart",
    ]
    package static let identifySeconds = 1...300
    private static let identifySecondsDefault = 10

    /// Reads a call.
    ///
    /// - Parameters:
    ///   - name: The method's name.
    ///   - payload: JSON, or nothing.
    ///   - sensors: ``SensorConfiguration/twinKey`` of each sensor.
    /// - Throws: What is wrong with it.
    package init(name: String, payload: [UInt8], sensors: [String]) throws(Refusal) {
        guard Self.names.contains(name) else {
            let near = NearestName.of(name, among: Self.names).map { "did you mean '\($0)'?" }
            let hint = near ?? "expected one of \(Self.names.joined(separator: ", "))"
            throw Refusal(status: 404, message: "there is no method '\(name.prefix(80))'; \(hint)")
        }
        let arguments = try Self.arguments(payload)
        switch name {
        case "ping": self = .ping
        case "readNow": self = .readNow(sensor: try Self.sensor(arguments, among: sensors))
        case "identify":
            let seconds = arguments["seconds"] ?? .integer(Int64(Self.identifySecondsDefault))
            guard let number = seconds.integer.flatMap({ Int(exactly: $0) }), Self.identifySeconds.contains(number)
            else { throw Refusal(status: 400, message: "seconds is \(seconds); expected a whole number from 1 to 300") }
            self = .identify(seconds: number)
        case "getDiagnostics": self = .getDiagnostics
        case "setLogLevel":
            guard let level = arguments["level"]?.string.flatMap(LogLevel.init(name:)) else {
                let seen = arguments["level"].map { "is \($0)" } ?? "is missing"
                throw Refusal(status: 400, message: "level \(seen); expected one of \(LogLevel.names)")
            }
            self = .setLogLevel(level)
        case "reinitSensor": self = .reinitSensor(sensor: try Self.sensor(arguments, among: sensors))
        default: self = .restart
        }
    }

    private static func arguments(_ payload: [UInt8]) throws(Refusal) -> JSONObject {
        guard payload.contains(where: { $0 > 0x20 }) else { return JSONObject() }
        switch try? JSONValue(parsing: payload) {
        case .some(.object(let object)): return object
        case .some(.null): return JSONObject()
        case .some(.bool), .some(.integer), .some(.number), .some(.string), .some(.array), .none:
            throw Refusal(status: 400, message: "the payload is no JSON object")
        }
    }

    private static func sensor(_ arguments: JSONObject, among sensors: [String]) throws(Refusal) -> Int? {
        guard let value = arguments["sensor"], value != .null else { return nil }
        guard let index = value.string.flatMap(sensors.firstIndex(of:)) else {
            let known = sensors.prefix(16).joined(separator: ", ")
            throw Refusal(
                status: 404,
                message: "there is no sensor \(value.description.prefix(80)); there are \(known)"
            )
        }
        return index
    }
}
