/// The device that a recording is replayed as.
package enum RecordingName {
    /// A valid device id from a file's path: `data/mote19.csv.gz` is `mote19`.
    ///
    /// Folders, a last `.gz` and one more ending are dropped; characters that ids may not have become `_`; cut to 128.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - prefix: stands before the stem.
    /// - Returns: `nil` when nothing is left of the name.
    package static func deviceID(ofFile path: String, prefix: String = "") -> String? {
        var stem = path.split(separator: "/").last.map(String.init) ?? ""
        if stem.lowercased().hasSuffix(".gz") { stem.removeLast(3) }
        if let dot = stem.lastIndex(of: "."), dot != stem.startIndex { stem = String(stem[..<dot]) }
        guard !stem.isEmpty, stem != "." else { return nil }
        var id = ""
        for scalar in (prefix + stem).unicodeScalars.prefix(128) {
            let character = String(scalar)
            id += FleetID.isValid(character) ? character : "_"
        }
        return id
    }
}
