/// How far the fuzzer's streams came: a fuzzer whose streams are all refused at once finds nothing.
struct FuzzTally: CustomStringConvertible {
    var packets = 0
    var faults = 0
    /// Streams that end in a packet that is not complete, or exactly behind one.
    var open = 0

    var description: String { "\(self.packets) packets, \(self.faults) streams refused, \(self.open) not" }
}
