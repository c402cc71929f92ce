import NIOCore

/// A cursor over one list of properties: says which comes next, and checks place, repetition and value.
///
/// ```
/// Property Length   variable byte integer: bytes of all that follows
/// then, repeated    identifier (variable byte integer) | value
/// ```
/// Spec: MQTT 5.0 §2.2.2.
struct PropertySection {
    private let owner: PropertyOwner
    private var fields: PacketFields
    /// One bit per identifier already read.
    private var seen: UInt64 = 0
    /// Where the property last named begins.
    private var start = 0
    private var pairs = 0

    /// User properties of one packet; more are refused like a packet that is too large. The specification has no bound, and
    /// five bytes on the wire take forty in memory.
    static let pairsMax = 1_000

    /// Reads the length; `nil` when there are no properties.
    init?(_ fields: inout PacketFields, owner: PropertyOwner) throws(PacketError) {
        let length = try fields.variableByteInteger()
        guard length > 0 else { return nil }
        self.owner = owner
        self.fields = try fields.section(length: length)
    }

    /// A list that fills `fields`.
    init(all fields: PacketFields, owner: PropertyOwner) {
        self.owner = owner
        self.fields = fields
    }

    /// The next property, whose value is to be read then; `nil` at the end.
    mutating func next() throws(PacketError) -> PropertyID? {
        guard !self.fields.isAtEnd else { return nil }
        self.start = self.fields.offset
        let number = try self.fields.variableByteInteger()
        guard let raw = UInt8(exactly: number), let id = PropertyID(rawValue: raw) else {
            throw PacketError(.unknownProperty(number), at: self.start)
        }
        guard id.owners.contains(PropertyOwner.Set(self.owner)) else { throw self.notAllowed(id) }
        guard id.mayCome(from: self.fields.sender, in: self.owner) else {
            throw PacketError(.propertyFromWrongSide(id), at: self.start)
        }
        let bit = UInt64(1) << UInt64(raw)
        guard self.seen & bit == 0 || id.mayRepeat(in: self.owner) else {
            throw PacketError(.duplicateProperty(id), at: self.start)
        }
        self.seen |= bit
        return id
    }

    /// The fault of a property that may not stand here.
    func notAllowed(_ id: PropertyID) -> PacketError {
        PacketError(.propertyNotAllowed(id), at: self.start)
    }

    /// The fault of a value that its property forbids.
    func malformedValue(_ id: PropertyID) -> PacketError {
        PacketError(.malformedProperty(id), at: self.start)
    }

    /// A byte that is 0 or 1.
    mutating func flag(_ id: PropertyID) throws(PacketError) -> Bool {
        let byte = try self.fields.byte()
        guard byte <= 1 else { throw self.malformedValue(id) }
        return byte == 1
    }

    mutating func byte() throws(PacketError) -> UInt8 {
        try self.fields.byte()
    }

    mutating func twoBytes() throws(PacketError) -> UInt16 {
        try self.fields.integer()
    }

    mutating func fourBytes() throws(PacketError) -> UInt32 {
        try self.fields.longInteger()
    }

    /// A value that may not be 0.
    func notZero<Value: FixedWidthInteger>(_ value: Value, _ id: PropertyID) throws(PacketError) -> Value {
        guard value != 0 else { throw self.malformedValue(id) }
        return value
    }

    mutating func variableByteInteger() throws(PacketError) -> Int {
        try self.fields.variableByteInteger()
    }

    mutating func string() throws(PacketError) -> String {
        try self.fields.string()
    }

    mutating func binary() throws(PacketError) -> ByteBuffer {
        try self.fields.binary()
    }

    mutating func topicName() throws(PacketError) -> ByteBuffer {
        try self.fields.topicName()
    }

    mutating func pair() throws(PacketError) -> UserProperty {
        self.pairs += 1
        guard self.pairs <= PropertySection.pairsMax else {
            throw PacketError(.tooManyUserProperties(limit: PropertySection.pairsMax), at: self.start)
        }
        let name = try self.fields.string()
        return UserProperty(name: name, value: try self.fields.string())
    }
}
