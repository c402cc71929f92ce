/// Finds the numbers of a message among its properties, one property after the other.
package struct MessageNumbersReader: Sendable {
    private var epoch: String?
    private var first: String?
    private var count: String?
    private var dropped: String?
    /// A property came twice.
    private var isRepeated = false
    private var isEmpty = true

    /// A reader that has seen no property.
    package init() {}

    /// Looks at a property; cheap for every name that is not one of ours.
    package mutating func note(name: String, value: @autoclosure () -> String) {
        guard name.utf8.count >= MessageNumbers.firstName.utf8.count, name.hasPrefix(MessageNumbers.namePrefix) else {
            return
        }
        switch name {
        case MessageNumbers.epochName: self.set(\.epoch, value())
        case MessageNumbers.firstName: self.set(\.first, value())
        case MessageNumbers.countName: self.set(\.count, value())
        case MessageNumbers.droppedName: self.set(\.dropped, value())
        default: break
        }
    }

    private mutating func set(_ property: WritableKeyPath<MessageNumbersReader, String?>, _ value: String) {
        if self[keyPath: property] != nil { self.isRepeated = true }
        self[keyPath: property] = value
        self.isEmpty = false
    }

    /// What was found; `nil` when there was none of the properties.
    package var numbers: MessageNumbers? {
        if self.isEmpty { return nil }
        guard !self.isRepeated else { return MessageNumbers(span: nil, isMalformed: true) }
        let epoch = self.epoch.flatMap { MessageNumbersReader.number($0) }.flatMap { UInt32(exactly: $0) }
        let isNumbered = self.first != nil || self.count != nil || self.dropped == nil
        var span: ReadingSpan?
        if let epoch, let first = self.first.flatMap({ MessageNumbersReader.number($0) }),
            let count = self.count.flatMap({ MessageNumbersReader.number($0) })
        {
            span = ReadingSpan(epoch: epoch, first: first, count: count)
        }
        let dropped = self.dropped.map { MessageNumbersReader.spans($0, epoch: epoch) } ?? []
        return MessageNumbers(
            span: span,
            dropped: dropped ?? [],
            isMalformed: isNumbered && span == nil || dropped == nil || self.epoch != nil && epoch == nil
        )
    }

    /// Up to 19 digits as a number; `nil` for anything else.
    private static func number(_ text: some StringProtocol) -> UInt64? {
        guard (1...19).contains(text.utf8.count) else { return nil }
        var number: UInt64 = 0
        for byte in text.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// The spans of a `weir-dropped`; `nil` when one of them cannot be read.
    private static func spans(_ text: String, epoch: UInt32?) -> [ReadingSpan]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= MessageNumbers.droppedMax else { return nil }
        var spans: [ReadingSpan] = []
        for part in parts {
            let fields = part.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count <= 2, let range = fields.last else { return nil }
            let own = fields.count == 2 ? MessageNumbersReader.number(fields[0]).flatMap { UInt32(exactly: $0) } : epoch
            let ends = range.split(separator: "-", omittingEmptySubsequences: false)
            guard let own, ends.count == 2, let first = MessageNumbersReader.number(ends[0]),
                let last = MessageNumbersReader.number(ends[1]),
                let span = ReadingSpan(epoch: own, first: first, last: last)
            else { return nil }
            spans.append(span)
        }
        return spans
    }
}
