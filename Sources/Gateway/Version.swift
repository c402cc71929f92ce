/// The product's version, shown by `--version`, `weir hub status` and the HTTP API.
package enum Version {
    /// Semantic version; the first step of a 1.0 that is not finished.
    package static let current = "0.1.0"
}
