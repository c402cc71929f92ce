/// What a device answered to a direct method.
package struct MethodAnswer: Equatable, Sendable {
    /// The program's own status, any integer.
    package var status: Int
    /// JSON text; `null` when the device sent nothing.
    package var payload: [UInt8]

    /// An answer.
    package init(status: Int, payload: [UInt8]) {
        self.status = status
        self.payload = payload
    }
}
