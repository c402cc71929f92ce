package import EdgeCore
import Glibc

/// Reads the configuration and the secret beside it.
package enum ConfigurationFile {
    private static let sizeMaxBytes = 1_048_576
    private static let connectionStringMaxBytes = 4_096

    /// Loads and checks a configuration file; throws everything that is wrong with it.
    package static func load(_ path: String) throws(ConfigurationFaults) -> AgentConfiguration {
        let bytes: [UInt8]
        do throws(ConfigurationFault) {
            bytes = try self.read(path, atMost: self.sizeMaxBytes, what: "the configuration")
        } catch {
            throw ConfigurationFaults([error])
        }
        return try self.load(bytes, file: path)
    }

    /// Parses and checks a configuration that is already in memory.
    package static func load(_ bytes: [UInt8], file: String) throws(ConfigurationFaults) -> AgentConfiguration {
        let document: YAMLNode
        do throws(ConfigurationFault) {
            document = try YAMLParser.parse(bytes, file: file)
        } catch {
            throw ConfigurationFaults([error])
        }
        return try AgentConfiguration(document, file: file)
    }

    /// The device's connection string: from the environment, the configuration or the file that it names.
    ///
    /// - Parameters:
    ///   - configuration: The checked configuration.
    ///   - file: Its path, for messages.
    ///   - variable: The value of ``AgentConfiguration/connectionStringVariable``, `nil` when it is not set.
    /// - Returns: The parsed connection string.
    /// - Throws: Where none was found, or what is wrong with it; never the key.
    package static func connectionString(
        of configuration: AgentConfiguration,
        file: String,
        variable: String?
    ) throws(ConfigurationFaults) -> DeviceConnectionString {
        let text: String
        let source: String
        do throws(ConfigurationFault) {
            if let variable, !variable.isEmpty {
                (text, source) = (variable, AgentConfiguration.connectionStringVariable)
            } else if let own = configuration.connection.text {
                (text, source) = (own, "\(file): connection.connectionString")
            } else if let path = configuration.connection.file {
                let bytes = try self.read(path, atMost: self.connectionStringMaxBytes, what: "the connection string")
                let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
                (text, source) = (String(decoding: line, as: UTF8.self), path)
            } else {
                let message =
                    "no connection string; set connection.connectionStringFile or the variable "
                    + AgentConfiguration.connectionStringVariable
                throw ConfigurationFault(file: file, message: message)
            }
        } catch {
            throw ConfigurationFaults([error])
        }
        do throws(DeviceConnectionString.Fault) {
            return try DeviceConnectionString(parsing: text)
        } catch {
            throw ConfigurationFaults([ConfigurationFault(file: source, message: error.message)])
        }
    }

    /// A whole file, at most so many bytes.
    static func read(_ path: String, atMost limit: Int, what: String) throws(ConfigurationFault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ConfigurationFault(file: path, message: "cannot read \(what): \(LinuxError.text(errno))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else {
                throw ConfigurationFault(file: path, message: "cannot read \(what): \(LinuxError.text(errno))")
            }
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= limit else {
                let message = "is too large for \(what); expected at most \(limit) bytes"
                throw ConfigurationFault(file: path, message: message)
            }
        }
    }
}
