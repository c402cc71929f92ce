import SensorKit

/// Kernel files in memory.
final class FakeSysfs: SysfsFiles {
    var files: [String: String] = [:]
    var faults: [String: SensorFault.Reason] = [:]
    var canonical: [String: String] = [:]

    func list(_ folder: String) -> [String] {
        let names = self.files.keys.compactMap { path -> String? in
            guard path.hasPrefix("\(folder)/") else { return nil }
            return path.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init)
        }
        return Set(names).sorted()
    }

    func read(_ path: String) throws(SensorFault) -> [UInt8] {
        if let reason = self.faults[path] { throw SensorFault(reason, path) }
        guard let text = self.files[path] else { throw SensorFault(.adapterGone, path) }
        return Array(text.utf8)
    }

    func exists(_ path: String) -> Bool {
        self.files.keys.contains { $0 == path || $0.hasPrefix("\(path)/") }
    }

    func canonicalPath(_ path: String) -> String? {
        self.canonical[path]
    }
}
