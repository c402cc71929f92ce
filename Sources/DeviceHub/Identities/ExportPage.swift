package import TelemetryModel

/// A part of an exported registry.
package struct ExportPage: Sendable {
    /// Whole lines.
    package var lines: [UInt8]
    /// Whose line is the last; `nil`: there is none, and none follows.
    package var last: IdentityID?
}
