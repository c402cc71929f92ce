/// An entry of a bulk request that was refused; the others were done all the same.
package struct BulkFailure: Equatable, Sendable {
    /// Where the entry stood in what was given, from 0.
    package var index: Int
    package var deviceID: String
    /// `DeviceAlreadyExists`, `ArgumentInvalid`, …
    package var code: String
    /// What was wrong, in words.
    package var message: String
}
