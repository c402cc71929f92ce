/// A stage, and what tells quickly whether time has something for it to do.
struct StageReference: Sendable {
    var step: Int
    var select: Int
    /// The only source whose watermark it follows, timeline by timeline; -1 when it is not so simple.
    var soleSource: Int
}
