package import SensorKit

/// Reads what the kernel says of board and process. Files only, through a protocol: the decisions are tested without Linux.
///
/// Source: proc(5); Documentation/ABI/testing/sysfs-class-thermal; Raspberry Pi firmware's get_throttled; hwmon `rpi_volt`.
package struct BoardProbe {
    private let files: any SysfsFiles
    private let pageBytes: Int

    /// - Parameters:
    ///   - files: The kernel's files.
    ///   - pageBytes: The size of a memory page, which is not 4,096 everywhere.
    package init(files: any SysfsFiles, pageBytes: Int) {
        self.files = files
        self.pageBytes = pageBytes
    }

    package var facts: BoardFacts {
        var facts = BoardFacts()
        facts.model =
            self.text("/proc/device-tree/model") ?? self.text("/sys/class/dmi/id/product_name") ?? ""
        facts.system = self.value(of: "PRETTY_NAME", in: "/etc/os-release") ?? ""
        facts.kernel = self.text("/proc/sys/kernel/osrelease") ?? ""
        facts.architecture = self.text("/proc/sys/kernel/arch") ?? ""
        facts.host = self.text("/proc/sys/kernel/hostname") ?? ""
        return facts
    }

    /// Fills in what files tell.
    package func fill(_ report: inout HealthReport) {
        if let sizes = self.text("/proc/self/statm")?.split(separator: " "), sizes.count > 1, let pages = Int(sizes[1])
        {
            report.memoryBytes = pages * self.pageBytes
        }
        report.writtenBytes = self.line("write_bytes:", of: "/proc/self/io")
        report.processorTemperature = self.processorTemperature
        report.isUnderVoltage = self.underVoltage
        report.throttled = self.text("/sys/devices/platform/soc/soc:firmware/get_throttled")
            .flatMap { Int($0.hasPrefix("0x") ? $0.dropFirst(2) : $0[...], radix: 16) }
    }

    /// The zone of the processor, or the first one.
    private var processorTemperature: Double? {
        let folder = "/sys/class/thermal"
        let zones = self.files.list(folder).filter { $0.hasPrefix("thermal_zone") }
        let zone = zones.first { zone in
            let type = self.text("\(folder)/\(zone)/type") ?? ""
            return type.hasPrefix("cpu") || type.hasPrefix("x86_pkg") || type.hasPrefix("soc")
        }
        guard let zone = zone ?? zones.first, let text = self.text("\(folder)/\(zone)/temp") else { return nil }
        return Int(text).map { Double($0) / 1_000 }
    }

    private var underVoltage: Bool? {
        let folder = "/sys/class/hwmon"
        for entry in self.files.list(folder) where self.text("\(folder)/\(entry)/name") == "rpi_volt" {
            return self.text("\(folder)/\(entry)/in0_lcrit_alarm").map { $0 != "0" }
        }
        return nil
    }

    /// A short file's first line, without zeros and blanks around it; `nil` when there is none.
    private func text(_ path: String) -> String? {
        guard let bytes = try? self.files.read(path) else { return nil }
        let line = bytes.prefix { $0 != 0x0A && $0 != 0 }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// The number behind a name in a file of lines such as `write_bytes: 8192`.
    private func line(_ name: String, of path: String) -> Int? {
        guard let bytes = try? self.files.read(path) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name) {
            return line.dropFirst(name.count).split { $0 == " " || $0 == "\t" }.first.flatMap { Int($0) }
        }
        return nil
    }

    private func value(of name: String, in path: String) -> String? {
        guard let bytes = try? self.files.read(path) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("\(name)=") {
            return String(line.dropFirst(name.count + 1).filter { $0 != "\"" })
        }
        return nil
    }
}
