import EdgeCore
import Glibc

extension Agent {
    /// The delivery's bounds out of the configuration.
    static func deliverySettings(of configuration: AgentConfiguration) -> Delivery.Settings {
        var settings = Delivery.Settings()
        settings.bufferSizeMaxBytes = configuration.bufferSizeMaxBytes
        settings.windowMessages = configuration.mqtt.windowMessages
        settings.drainReadingsPerSecond = configuration.spool.drainReadingsPerSecond
        settings.stallMilliseconds = Int64(configuration.spool.windowSeconds) * 1_000
        return settings
    }

    /// The configured state folder, or the default one when it exists.
    static func stateFolder(
        of configuration: AgentConfiguration,
        file: String
    ) throws(ConfigurationFaults) -> StateFolder? {
        let path = configuration.stateFolder ?? AgentConfiguration.stateFolderDefault
        if configuration.stateFolder == nil, access(path, F_OK) != 0 { return nil }
        do throws(SpoolFault) {
            return try StateFolder(path, isMade: configuration.stateFolder != nil)
        } catch {
            throw ConfigurationFaults([ConfigurationFault(file: file, message: error.message)])
        }
    }

    /// The content of a file of the state folder; `nil` when there is none.
    static func kept(_ name: String, in folder: StateFolder?) throws(ConfigurationFaults) -> [UInt8]? {
        do throws(SpoolFault) {
            return try folder?.read(name)
        } catch {
            throw ConfigurationFaults([ConfigurationFault(file: name, message: error.message)])
        }
    }

    /// Keeps a file in the state folder; returns what went wrong.
    static func keep(_ bytes: [UInt8], as name: String, in folder: StateFolder?) -> String? {
        guard let folder else { return "there is no state folder (spool.directory)" }
        do throws(SpoolFault) {
            try folder.replace(name, with: bytes)
            return nil
        } catch {
            return error.message
        }
    }
}
