internal import TelemetryModel

/// Callers that wait for a device to connect and subscribe.
struct MethodWaits {
    private var waiting: [IdentityID: [UInt64: OneShot<Bool>]] = [:]
    private var next: UInt64 = 0
    /// Callers that wait.
    private(set) var count = 0

    /// A caller waits; `nil` when too many do.
    mutating func add(_ shot: OneShot<Bool>, for id: IdentityID) -> UInt64? {
        guard self.count < PendingMethods<Void>.totalMax else { return nil }
        self.next += 1
        self.count += 1
        self.waiting[id, default: [:]][self.next] = shot
        return self.next
    }

    /// It waits no more.
    mutating func remove(_ number: UInt64, of id: IdentityID) {
        guard self.waiting[id]?.removeValue(forKey: number) != nil else { return }
        self.count -= 1
        if self.waiting[id]?.isEmpty == true { self.waiting[id] = nil }
    }

    /// The device is there: all who waited for it.
    func waiting(for id: IdentityID) -> [OneShot<Bool>] {
        self.waiting[id].map { Array($0.values) } ?? []
    }
}
