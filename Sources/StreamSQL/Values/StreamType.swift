/// The types of ``StreamValue``, by their names in the language.
package enum StreamType: String, CaseIterable, Sendable {
    /// The type of `NULL`.
    case null
    case bit
    case bigint
    case float
    case nvarchar = "nvarchar(max)"
    case datetime
    case record
    case array

    /// The types `CAST` can make.
    package static let castable: [StreamType] = [.bigint, .float, .nvarchar, .datetime, .bit]
}
