/// Numbers of one epoch that follow each other and of which the same is known; 24 bytes.
///
/// `mark` holds, besides the kind, what is known of the numbers directly below the range:
///
/// ```
/// bit 31      the range's numbers are not here, and that was told (a gap); else: received
/// bit 30      what lies below is not watched: it was forgotten, or it is the epoch's beginning before it was known
/// bits 0-29   the minute since 1970 at which it was noticed that something is missing below
/// ```
struct NumberRange: Equatable, Sendable {
    private static let toldBit: UInt32 = 1 << 31
    private static let unwatchedBit: UInt32 = 1 << 30
    static let minuteMask: UInt32 = (1 << 30) - 1

    var first: UInt64
    var last: UInt64
    var epoch: UInt32
    private(set) var mark: UInt32

    /// A received range with nothing below it.
    init(_ span: ReadingSpan) {
        self.first = span.first
        self.last = span.last
        self.epoch = span.epoch
        self.mark = 0
    }

    /// A range as it was stored; `nil` when its numbers cannot be.
    init?(epoch: UInt32, first: UInt64, last: UInt64, mark: UInt32) {
        guard first <= last, last <= ReadingSpan.numberMax else { return nil }
        self.first = first
        self.last = last
        self.epoch = epoch
        self.mark = mark
    }

    /// No range: it covers nothing and is in no list.
    static let none = NumberRange(first: 1, last: 0)

    private init(first: UInt64, last: UInt64) {
        self.first = first
        self.last = last
        self.epoch = 0
        self.mark = 0
    }

    var isNone: Bool { self.first > self.last }

    /// Whether the numbers are missing, and told as missing.
    var isTold: Bool {
        get { self.mark & NumberRange.toldBit != 0 }
        set { self.mark = newValue ? self.mark | NumberRange.toldBit : self.mark & ~NumberRange.toldBit }
    }

    var isReceived: Bool { !self.isTold }

    /// When what is missing below was noticed; `nil`: it is not watched.
    var watchedSince: UInt32? {
        get { self.mark & NumberRange.unwatchedBit == 0 ? self.mark & NumberRange.minuteMask : nil }
        set {
            let kind = self.mark & NumberRange.toldBit
            self.mark = kind | (newValue.map { $0 & NumberRange.minuteMask } ?? NumberRange.unwatchedBit)
        }
    }

    /// Whether all of the readings were received.
    func holds(_ span: ReadingSpan) -> Bool {
        self.epoch == span.epoch && self.first <= span.first && span.last <= self.last && self.isReceived
    }

    /// Appends readings that begin inside a received range, or right behind it; false when they do not.
    mutating func extend(by span: ReadingSpan) -> Bool {
        guard self.epoch == span.epoch, self.first <= span.first, span.first <= self.last &+ 1, self.isReceived else {
            return false
        }
        self.last = max(self.last, span.last)
        return true
    }

    var span: ReadingSpan? { ReadingSpan(epoch: self.epoch, first: self.first, last: self.last) }
}
