import Foundation

/// A folder that goes with its last owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        self.path = "\(NSTemporaryDirectory())/weir-test-\(UUID().uuidString.prefix(8))".replacing("//", with: "/")
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)  // what is left over is the system's temporary folder's
    }

    func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - name: the file's name inside.
    ///   - text: all of it.
    /// - Returns: its path.
    /// - Throws: when it cannot be written.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: self.file(name)))
        return self.file(name)
    }
}
