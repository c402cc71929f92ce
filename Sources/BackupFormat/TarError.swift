/// Why bytes are no tar archive that can be read here.
package enum TarError: Error, Equatable, Sendable {
    /// They end before the archive does.
    case truncated
    /// A header is none, or damaged.
    case notAnArchive
    /// A path that leads out of the folder, or is none.
    case unsafePath(String)
    /// An entry that is neither a file nor a folder.
    case unsupportedEntry(String)
}

extension TarError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "it ends too early: copy it again"
        case .notAnArchive: "it is no tar archive, or it is damaged"
        case .unsafePath(let path): "it holds the path “\(path.prefix(200))”, which leads out of the folder"
        case .unsupportedEntry(let path): "“\(path.prefix(200))” is neither a file nor a folder"
        }
    }
}
