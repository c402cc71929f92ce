package import TelemetryModel

/// What one window holds for one key.
package struct WindowResult: Equatable, Sendable {
    /// The caller's number of the key.
    package var key: Int
    /// First instant of the window.
    package var start: Timestamp
    /// First instant after the window.
    package var end: Timestamp
    package var aggregate: WindowAggregate
    /// 1 for a window's first result; a higher one replaces it.
    package var revision: Int
}
