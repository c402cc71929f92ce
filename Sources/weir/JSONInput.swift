import ArgumentParser
import TelemetryJSON

/// JSON as an argument: the text itself, `@file`, or `-` for standard input.
enum JSONInput {
    /// The value.
    ///
    /// - Parameters:
    ///   - argument: what stands on the command line.
    ///   - name: the option or argument, for messages.
    /// - Returns: the value.
    /// - Throws: `ValidationError` for text that is no JSON, `CommandFailure` for a file that is none or cannot be read.
    static func value(_ argument: String, named name: String) throws -> JSONValue {
        if argument == "-" { return try self.parse(try self.standardInput(), of: "standard input") }
        if argument.hasPrefix("@") {
            let path = String(argument.dropFirst())
            return try self.parse(Array(try GatewayOptions.readText(path).utf8), of: path)
        }
        do throws(JSONError) {
            return try JSONValue(parsing: argument)
        } catch {
            throw ValidationError(
                "\(name) is not JSON (\(error)): quote it for the shell, '{\"a\":1}', or give @file or -"
            )
        }
    }

    /// The object.
    ///
    /// - Parameters:
    ///   - argument: what stands on the command line.
    ///   - name: the option or argument, for messages.
    /// - Returns: the object.
    /// - Throws: as ``value(_:named:)``, and `ValidationError` when it is not an object.
    static func object(_ argument: String, named name: String) throws -> JSONObject {
        guard let object = try self.value(argument, named: name).object else {
            throw ValidationError("\(name) is JSON but not an object, expected {…}")
        }
        return object
    }

    private static func parse(_ bytes: [UInt8], of name: String) throws(CommandFailure) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw CommandFailure("\(name) is not JSON: \(error)")
        }
    }

    private static func standardInput() throws(CommandFailure) -> [UInt8] {
        try InputFile(path: "-").read(LineReader.lineBytesMax)
    }
}
