/// One record that the pipeline makes.
package struct StreamResult: Equatable, Sendable {
    package enum Output: Int, CaseIterable, Sendable {
        case windows
        case alerts
        case deadLetter
    }

    package var output: Output
    /// The device the result is about.
    package var key: [UInt8]
    package var value: [UInt8]
    package var source: StreamSource
    /// Why a dead letter is one.
    package var reason: String?

    package init(output: Output, key: [UInt8], value: [UInt8], source: StreamSource, reason: String? = nil) {
        self.output = output
        self.key = key
        self.value = value
        self.source = source
        self.reason = reason
    }
}
