package import TelemetryJSON

/// What a write did to one section: from what, to what.
package struct SectionChange: Equatable, Sendable {
    /// The patch as it came, nulls kept; of a replacement the whole new section.
    package var patch: JSONObject
    /// What stood there: a patch that takes the change back, `null` for what was not there; of a replacement the whole
    /// old section.
    package var previous: JSONObject
    /// The stamps of ``previous`` in preorder, the section's own first; a null has none.
    package var previousStamps: [WriteStamp]

    init(patch: JSONObject, previous: JSONObject, previousStamps: [WriteStamp]) {
        self.patch = patch
        self.previous = previous
        self.previousStamps = previousStamps
    }
}
