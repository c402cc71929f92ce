import DeviceRegistry
import TelemetryModel
import Testing

@testable import DeviceHub

/// A store, a device and connections that come and go, around one queue.
struct QueueModel {
    private let now = Timestamp(milliseconds: 1_000_000)
    private var queue = DeviceQueue()
    /// On the disk.
    private var stored: [StoredMessage] = []
    private var unsent: [StoredMessage]
    private var connectionID: UInt64 = 0
    private var isConnected = false
    private var loads: [(after: Int64, connectionID: UInt64)] = []
    private var completions: [Int64] = []
    /// On the wire of the connection, not acknowledged.
    private var delivered: [Int64] = []
    /// The last on this connection.
    private var last: Int64 = 0
    private var arrived: Set<Int64> = []

    init(messages: [StoredMessage]) {
        self.unsent = messages
    }

    mutating func step(_ generator: inout some RandomNumberGenerator) throws {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0 where !self.isConnected:
            self.connect()
        case 1 where self.isConnected && Int.random(in: 0..<5, using: &generator) == 0:
            self.disconnect()
        case 2 where !self.unsent.isEmpty:
            self.stored.append(self.unsent.removeFirst())
            try self.carryOut(self.queue.added())
        case 3, 4:
            try self.load()
        case 5:
            self.complete()
        default:
            guard let number = self.delivered.randomElement(using: &generator) else { return }
            try self.acknowledge(number)
        }
    }

    /// Everything is sent, and the device stays.
    mutating func finish() throws {
        self.stored += self.unsent
        self.unsent = []
        if self.isConnected { self.disconnect() }
        self.connect()
        for _ in 0..<200 {
            try self.load()
            self.complete()
            if let number = self.delivered.first { try self.acknowledge(number) }
        }
        #expect(self.arrived.count == 30)
        #expect(self.stored.isEmpty)
    }

    private mutating func connect() {
        self.isConnected = true
        self.connectionID += 1
        self.last = 0
        for action in self.queue.attach(self.connectionID) { self.note(action) }
    }

    private mutating func disconnect() {
        self.isConnected = false
        self.delivered = []
        self.queue.detach(self.connectionID)
    }

    private mutating func load() throws {
        guard !self.loads.isEmpty else { return }
        let load = self.loads.removeFirst()
        let messages = self.stored.filter { $0.number > load.after }
        try self.carryOut(self.queue.loaded(messages, of: load.connectionID, at: self.now))
    }

    private mutating func complete() {
        guard !self.completions.isEmpty else { return }
        let number = self.completions.removeFirst()
        self.stored.removeAll { $0.number == number }
        self.queue.completed(number)
    }

    private mutating func acknowledge(_ number: Int64) throws {
        self.delivered.removeAll { $0 == number }
        try self.carryOut(self.queue.acknowledged(number, at: self.now))
    }

    private mutating func carryOut(_ actions: [DeviceQueue.Action]) throws {
        for action in actions { self.note(action) }
        try #require(self.delivered.count <= DeviceQueue.windowMax)
    }

    private mutating func note(_ action: DeviceQueue.Action) {
        switch action {
        case .load(let number, let connectionID):
            self.loads.append((number, connectionID))
        case .deliver(let message, let connectionID):
            #expect(connectionID == self.connectionID)
            #expect(message.number > self.last)
            self.last = message.number
            self.delivered.append(message.number)
            self.arrived.insert(message.number)
        case .complete(let number):
            self.completions.append(number)
        }
    }
}
