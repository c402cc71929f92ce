package import TelemetryJSON

/// A twin as the service reads it.
package struct TwinView: Equatable, Sendable {
    /// The document of contract twins section 1.
    package var document: JSONObject
    /// The twin's etag, bare.
    package var etag: String

    /// A view.
    package init(document: JSONObject, etag: String) {
        self.document = document
        self.etag = etag
    }
}
