internal import TelemetryJSON

extension Twin {
    /// A twin from the columns it is kept in.
    ///
    /// - Parameters:
    ///   - version: ``version``.
    ///   - tags: ``storedTags``.
    ///   - desired: ``TwinSection/stored`` of the desired properties.
    ///   - reported: ``TwinSection/stored`` of the reported properties.
    ///   - modelID: ``modelID``.
    /// - Throws: When a column does not hold what was written.
    package init(
        storedVersion version: Int64,
        tags: some Sequence<UInt8>,
        desired: some Sequence<UInt8>,
        reported: some Sequence<UInt8>,
        modelID: String
    ) throws(StoredTwinError) {
        self.init(
            version: version,
            tags: try JSONObject(storedTwin: tags),
            desired: try TwinSection(stored: desired),
            reported: try TwinSection(stored: reported),
            modelID: modelID
        )
    }

    /// The tags as they are kept in a column: plain JSON, `{"site":"a"}`.
    package var storedTags: [UInt8] { self.tags.bytes }
}
