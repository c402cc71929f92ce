package import TelemetryModel

/// The records that a result was made of, a span for each partition.
///
/// Nearly every result has one partition, since a device's records share one: that span is kept without memory of its own.
/// At most ``spansMax`` spans are kept; of more partitions only the first so many are told.
package struct InputSpans: Equatable, Sendable {
    /// Partitions of all inputs whose spans a result tells.
    package static let spansMax = 256

    private var head: OffsetSpan
    private var rest: [OffsetSpan] = []

    package init(_ span: OffsetSpan) {
        self.head = span
    }

    /// By input and partition.
    package var all: [OffsetSpan] {
        ([self.head] + self.rest).sorted { ($0.input, $0.partition) < ($1.input, $1.partition) }
    }

    /// Takes in another record or span.
    @inline(__always)
    mutating func add(_ span: OffsetSpan) {
        if span.input == self.head.input, span.partition == self.head.partition {
            self.head.first = min(self.head.first, span.first)
            self.head.last = max(self.head.last, span.last)
        } else {
            self.addElsewhere(span)
        }
    }

    @inline(__always)
    mutating func add(_ spans: InputSpans) {
        self.add(spans.head)
        for span in spans.rest { self.add(span) }
    }

    private mutating func addElsewhere(_ span: OffsetSpan) {
        for place in self.rest.indices
        where self.rest[place].input == span.input && self.rest[place].partition == span.partition {
            self.rest[place].first = min(self.rest[place].first, span.first)
            self.rest[place].last = max(self.rest[place].last, span.last)
            return
        }
        if self.rest.count < InputSpans.spansMax - 1 { self.rest.append(span) }
    }
}

extension InputSpans {
    package func snapshot(into state: inout StateWriter) {
        state.write(self.rest.count)
        for span in [self.head] + self.rest {
            state.write(Int64(span.input))
            state.write(Int64(span.partition))
            state.write(span.first)
            state.write(span.last)
        }
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let count = try state.readCount(ofSize: 32)
        guard count < InputSpans.spansMax else { throw state.fault }
        self.init(try InputSpans.readSpan(&state))
        for _ in 0..<count { self.rest.append(try InputSpans.readSpan(&state)) }
    }

    private static func readSpan(_ state: inout StateReader) throws(StateReader.Fault) -> OffsetSpan {
        guard let input = Int32(exactly: try state.readInt64()), let partition = Int32(exactly: try state.readInt64())
        else { throw state.fault }
        return OffsetSpan(
            input: input,
            partition: partition,
            first: try state.readInt64(),
            last: try state.readInt64()
        )
    }
}
