/// Where the kernel shows a sensor: by the driver's name, for numbers change at every boot, or by an explicit folder.
package enum SysfsLocation: Equatable, Sendable {
    /// The `name` attribute, and the name of the device behind it (`1-0044`) when several drivers share the name.
    case named(String, device: String?)
    case folder(String)

    /// Finds the folder among those of a class; throws `adapter_gone` when there is none, or more than one.
    package func resolve(in subsystem: SysfsSubsystem, files: any SysfsFiles) throws(SensorFault) -> String {
        switch self {
        case .folder(let path):
            guard files.exists(path) else { throw SensorFault(.adapterGone, "there is no folder \(path)") }
            return path
        case .named(let name, let device):
            var found: [String] = []
            var seen: [String] = []
            for entry in files.list(subsystem.folder) where entry.hasPrefix(subsystem.entryPrefix) {
                let path = "\(subsystem.folder)/\(entry)"
                guard let driver = Self.name(at: path, files: files) else { continue }
                seen.append(driver)
                guard driver == name || KernelDriver.base(of: driver) == name else { continue }
                if let device, subsystem.deviceName(of: path, files: files) != device { continue }
                found.append(path)
            }
            if found.count == 1 { return found[0] }
            let wanted = device.map { "'\(name)' on device \($0)" } ?? "'\(name)'"
            guard found.isEmpty else {
                let list = found.joined(separator: ", ")
                throw SensorFault(.adapterGone, "several drivers are named \(wanted): \(list); set 'device' or 'path'")
            }
            let list = seen.isEmpty ? "none" : seen.joined(separator: ", ")
            throw SensorFault(.adapterGone, "no driver named \(wanted) in \(subsystem.folder); found: \(list)")
        }
    }

    /// The driver's name, as in its file `name`; `nil` when there is none.
    static func name(at path: String, files: any SysfsFiles) -> String? {
        // A driver that goes away while we look has no name; that is not this sensor's fault.
        guard let bytes = try? files.read("\(path)/name") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.prefix { !$0.isNewline })
    }
}

/// The two kernel classes that sensors are in.
package enum SysfsSubsystem: String, Sendable {
    case hwmon
    case iio

    package var folder: String {
        switch self {
        case .hwmon: "/sys/class/hwmon"
        case .iio: "/sys/bus/iio/devices"
        }
    }

    package var entryPrefix: String {
        switch self {
        case .hwmon: "hwmon"
        case .iio: "iio:device"
        }
    }

    /// The bus device behind a folder, such as `1-0044`: hwmon has a link to it, iio's entry is a link into its folder.
    func deviceName(of path: String, files: any SysfsFiles) -> String? {
        switch self {
        case .hwmon: files.canonicalPath("\(path)/device")?.split(separator: "/").last.map(String.init)
        case .iio: files.canonicalPath(path)?.split(separator: "/").dropLast().last.map(String.init)
        }
    }
}
