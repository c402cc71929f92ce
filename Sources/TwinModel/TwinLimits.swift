/// What a twin may hold.
///
/// Source: contract twins section 5.
package enum TwinLimits {
    /// Longest name of a property, in UTF-8 bytes; the shortest has one.
    package static let keySizeMax = 1_024
    /// Longest string, in UTF-8 bytes.
    package static let stringSizeMax = 4_096
    /// The integers that may be written.
    package static let integers: ClosedRange<Int64> = -4_503_599_627_370_496...4_503_599_627_370_495
    /// Objects in one another below a section.
    package static let depthMax = 10
    /// Objects and arrays in one another below a section. The contract does not bound arrays; the gateway does, so that what
    /// holds a twin, a record or a page of a query, stays within ``JSONValue/depthMax``.
    package static let levelsMax = 48
    /// Largest ``TwinSize/counted`` of tags.
    package static let tagsSizeMax = 8_192
    /// Largest ``TwinSize/counted`` of desired and of reported properties.
    package static let propertiesSizeMax = 32_768
    /// The largest ``TwinSize/weight`` of a section, in its largest sizes: the gateway's own limit, which only content reaches
    /// that counts nothing.
    package static let weightFactor = 4
}
