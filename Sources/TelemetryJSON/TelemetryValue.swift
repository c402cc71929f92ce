/// One number of a telemetry payload: a channel's name and its value, as places in the scanner's memory.
package struct TelemetryValue: Equatable, Sendable {
    /// The nearest `Double` to the text.
    package var number: Double
    /// The number's text in the payload, as the device wrote it.
    package var text: Range<Int>
    /// The channel's name in ``TelemetryScanner/names`` when `isNameComposed`, in the payload otherwise.
    package var name: Range<Int>
    /// Whether the name was put together (nested object, escapes) and is no slice of the payload.
    package var isNameComposed: Bool
}
