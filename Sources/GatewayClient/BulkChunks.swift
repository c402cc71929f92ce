import TelemetryJSON

/// Parts a sequence of devices and modules into the bodies of bulk requests: at most 100 of them, and not much more than so
/// many bytes of twins, in one.
///
/// Requests overtake each other, entries of one request do not: a module waits while its device is in a request that is on
/// its way, and may follow it in the same one.
struct BulkChunks<Source: IteratorProtocol> where Source.Element == NewDevice {
    /// Bytes of twins in one request; the gateway takes bodies of 512 KiB, and identities have 512 bytes and more each.
    static var twinBytesMax: Int { 256 << 10 }

    private var source: Source
    /// Drawn, but for the next chunk.
    private var held: NewDevice?
    private var drawn = 0
    /// The devices of the chunks on their way, by the chunks' first places.
    private var onTheirWay: [Int: Set<Substring>] = [:]

    init(_ source: Source) {
        self.source = source
    }

    /// The next chunk, which is on its way from now on.
    ///
    /// - Returns: `nil` at the end, and while the next one has to wait.
    mutating func next() -> BulkChunk? {
        guard let first = self.held ?? self.source.next() else { return nil }
        guard !self.waits(first) else {
            self.held = first
            return nil
        }
        self.held = nil
        var devices = [first]
        var bytes = BulkChunks.twinBytes(of: first)
        while devices.count < GatewayClient.devicesPerRequest, let device = self.source.next() {
            bytes += BulkChunks.twinBytes(of: device)
            guard !self.waits(device), bytes <= BulkChunks.twinBytesMax else {
                self.held = device
                break
            }
            devices.append(device)
        }
        defer { self.drawn += devices.count }
        self.onTheirWay[self.drawn] = Set(devices.lazy.filter { !$0.isModule }.map { $0.id[...] })
        return BulkChunk(first: self.drawn, devices: devices)
    }

    /// A chunk is answered.
    mutating func ended(_ chunk: BulkChunk) {
        self.onTheirWay[chunk.first] = nil
    }

    /// Whether a module's device may not be there yet.
    private func waits(_ device: NewDevice) -> Bool {
        guard device.isModule else { return false }
        let name = device.id.prefix { $0 != "/" }
        return self.onTheirWay.values.contains { $0.contains(name) }
    }

    private static func twinBytes(of device: NewDevice) -> Int {
        [device.tags, device.desired, device.reported].reduce(0) { $0 + ($1?.bytes.count ?? 0) }
    }
}
