/// A pattern of `LIKE`: `%` any characters, `_` one, `[a-f]` one of a set, `[^a-f]` one not of it. Capitals count.
///
/// Linear in the text for each `%`; no going back further than to the last `%`.
struct LikePattern: Sendable {
    private enum Element {
        case one(Unicode.Scalar)
        case any
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        case rest
    }

    private let elements: [Element]

    /// A pattern.
    ///
    /// - Parameters:
    ///   - text: The pattern.
    ///   - escape: What takes the meaning from the character behind it.
    /// - Throws: When a set or an escape has no end.
    init(_ text: String, escape: Unicode.Scalar?) throws(StreamFault) {
        let scalars = Array(text.unicodeScalars)
        var elements: [Element] = []
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case escape:
                guard index < scalars.count else { throw StreamFault("the pattern of LIKE ends with its escape") }
                elements.append(.one(scalars[index]))
                index += 1
            case "%": elements.append(.rest)
            case "_": elements.append(.any)
            case "[": elements.append(try LikePattern.set(scalars, &index))
            default: elements.append(.one(scalar))
            }
        }
        self.elements = elements
    }

    private static func set(_ scalars: [Unicode.Scalar], _ index: inout Int) throws(StreamFault) -> Element {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let isNegated = index < scalars.count && scalars[index] == "^"
        if isNegated { index += 1 }
        while index < scalars.count, scalars[index] != "]" || ranges.isEmpty {
            let first = scalars[index]
            index += 1
            if index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" {
                let last = scalars[index + 1]
                index += 2
                guard first <= last else { throw StreamFault("a range of LIKE goes backwards: \(first)-\(last)") }
                ranges.append(first...last)
            } else {
                ranges.append(first...first)
            }
        }
        guard index < scalars.count else { throw StreamFault("the pattern of LIKE has a [ without ]") }
        index += 1
        return .set(ranges, isNegated: isNegated)
    }

    /// Whether the whole text fits.
    func matches(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        var place = scalars.startIndex
        var element = 0
        // Where to go on when the rest does not fit: the element behind the last `%`, and one character further.
        var retry: (element: Int, place: String.Index)?
        while true {
            if element < self.elements.count, case .rest = self.elements[element] {
                element += 1
                retry = (element, place)
                continue
            }
            if element == self.elements.count {
                if place == scalars.endIndex { return true }
            } else if place < scalars.endIndex, self.fits(scalars[place], element) {
                element += 1
                place = scalars.index(after: place)
                continue
            }
            guard let last = retry, last.place < scalars.endIndex else { return false }
            let next = scalars.index(after: last.place)
            retry = (last.element, next)
            element = last.element
            place = next
        }
    }

    private func fits(_ scalar: Unicode.Scalar, _ element: Int) -> Bool {
        switch self.elements[element] {
        case .one(let wanted): scalar == wanted
        case .any: true
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
        case .rest: false
        }
    }
}
