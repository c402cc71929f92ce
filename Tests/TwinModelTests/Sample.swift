import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

/// Twins and patches from JSON text.
enum Sample {
    /// `2026-11-21T03:51:17.000Z` and some milliseconds.
    static func time(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: 1_795_233_077_000 + milliseconds)
    }

    static func object(_ text: String) throws -> JSONObject {
        try #require(try JSONValue(parsing: text).object)
    }

    static func patch(_ text: String) throws -> TwinPatch {
        try TwinPatch(parsing: text.utf8)
    }

    static func desired(_ text: String) throws -> TwinPatch {
        TwinPatch(desired: try SectionPatch(try JSONValue(parsing: text), for: .desired))
    }

    static func tags(_ text: String) throws -> TwinPatch {
        TwinPatch(tags: try SectionPatch(try JSONValue(parsing: text), for: .tags))
    }

    static func reported(_ text: String) throws -> SectionPatch {
        try SectionPatch.reported(parsing: text.utf8)
    }

    /// A twin with desired properties, made at 0 ms.
    static func twin(desired text: String = "{}") throws -> Twin {
        try Twin(createdAt: Sample.time(0), content: Sample.desired(text))
    }
}
