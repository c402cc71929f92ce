/// Paths in an archive that may be made below a folder.
package enum ArchivePath {
    /// Bytes of a path at most.
    package static let bytesMax = 1_024

    /// Whether a path is relative, has no `.` or `..`, and is one that a gateway's folder can have.
    package static func isSafe(_ path: String) -> Bool {
        guard (1...ArchivePath.bytesMax).contains(path.utf8.count), !path.utf8.contains(0) else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
        }
    }
}
