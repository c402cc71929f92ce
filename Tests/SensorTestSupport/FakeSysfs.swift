package import SensorKit

/// Kernel files in memory.
package final class FakeSysfs: SysfsFiles {
    package var files: [String: String] = [:]
    package var faults: [String: SensorFault.Reason] = [:]
    package var canonical: [String: String] = [:]
    /// What is written to a file, and by that into `files`.
    package private(set) var writes: [String] = []
    /// Called before each read, which may change the files.
    package var beforeRead: (String) -> Void = { _ in }

    package init() {}

    package func list(_ folder: String) -> [String] {
        let names = self.files.keys.compactMap { path -> String? in
            guard path.hasPrefix("\(folder)/") else { return nil }
            return path.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init)
        }
        return Set(names).sorted()
    }

    package func read(_ path: String) throws(SensorFault) -> [UInt8] {
        self.beforeRead(path)
        if let reason = self.faults[path] { throw SensorFault(reason, path) }
        guard let text = self.files[path] else { throw SensorFault(.adapterGone, path) }
        return Array(text.utf8)
    }

    package func write(_ bytes: [UInt8], to path: String) throws(SensorFault) {
        self.writes.append(path)
        if let reason = self.faults[path] { throw SensorFault(reason, path) }
        guard self.files[path] != nil else { throw SensorFault(.adapterGone, path) }
        self.files[path] = String(decoding: bytes, as: UTF8.self)
    }

    package func exists(_ path: String) -> Bool {
        self.files.keys.contains { $0 == path || $0.hasPrefix("\(path)/") }
    }

    package func canonicalPath(_ path: String) -> String? {
        self.canonical[path]
    }
}
