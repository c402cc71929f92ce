import TelemetryJSON

/// Parts a sequence of devices into the bodies of bulk requests: at most 100 devices, and not much more than so many bytes
/// of twins, in one; devices and modules in different ones.
struct BulkChunks<Source: IteratorProtocol> where Source.Element == NewDevice {
    /// Bytes of twins in one request; the gateway takes bodies of 512 KiB, and identities have 512 bytes and more each.
    static var twinBytesMax: Int { 256 << 10 }

    private var source: Source
    /// Drawn, but for the next chunk.
    private var held: NewDevice?
    private var drawn = 0
    /// Whether the last chunk held modules.
    private var wasModules = false

    init(_ source: Source) {
        self.source = source
    }

    /// The next chunk.
    ///
    /// - Parameter isIdle: whether all chunks before are done: modules behind devices wait for that.
    /// - Returns: `nil` at the end, and while the next one has to wait.
    mutating func next(isIdle: Bool) -> BulkChunk? {
        guard let first = self.held ?? self.source.next() else { return nil }
        self.held = nil
        guard isIdle || first.isModule == self.wasModules else {
            self.held = first
            return nil
        }
        self.wasModules = first.isModule
        var devices = [first]
        var bytes = BulkChunks.twinBytes(of: first)
        while devices.count < GatewayClient.devicesPerRequest, let device = self.source.next() {
            bytes += BulkChunks.twinBytes(of: device)
            guard device.isModule == first.isModule, bytes <= BulkChunks.twinBytesMax else {
                self.held = device
                break
            }
            devices.append(device)
        }
        defer { self.drawn += devices.count }
        return BulkChunk(first: self.drawn, devices: devices)
    }

    private static func twinBytes(of device: NewDevice) -> Int {
        [device.tags, device.desired].reduce(0) { $0 + ($1?.bytes.count ?? 0) }
    }
}
