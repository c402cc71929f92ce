/// A chip at an address of a bus, with the care all of them need: ownership, heater, lost power, stuck values.
package struct I2CSensor: SensorDriver {
    /// How often the chip's status is read.
    private static let inspectionInterval: Duration = .seconds(600)
    /// How long a chip stays warm after its heater was switched off.
    private static let heaterCooling: Duration = .seconds(60)

    private var chip: any I2CChip
    private let title: String
    private let signatures: [ChipSignature]
    private let link: I2CLink
    private var stuck: StuckDetector?
    private var inspectAt: Duration = .zero
    private var coolAt: Duration = .zero
    private var mustPrepare = false

    package init(_ entry: ChipCatalog.Entry, link: I2CLink) {
        self.chip = entry.make()
        self.title = entry.title
        self.signatures = ChipCatalog.signatures(at: link.address)
        self.link = link
        self.stuck = entry.flickers ? StuckDetector() : nil
    }

    package var timeoutsLockBus: Bool { true }

    package mutating func prepare() throws(SensorFault) {
        try self.link.claim()
        try self.chip.rouse(self.link)
        try self.identify()
        if try self.chip.inspect(self.link) == .heaterWasOn {
            self.coolAt = self.link.now + Self.heaterCooling
        }
        try self.chip.initialise(self.link)
        self.inspectAt = self.link.now + Self.inspectionInterval
        self.mustPrepare = false
    }

    package mutating func start() throws(SensorFault) -> Duration {
        if self.mustPrepare { try self.prepare() }
        if self.link.now >= self.inspectAt {
            switch try self.chip.inspect(self.link) {
            case .fine: break
            case .lostPower: try self.chip.initialise(self.link)
            case .heaterWasOn: self.coolAt = self.link.now + Self.heaterCooling
            }
            self.inspectAt = self.link.now + Self.inspectionInterval
        }
        guard self.link.now >= self.coolAt else {
            throw SensorFault(.heaterOn, "the chip's heater was on; values are withheld for 60 s while it cools")
        }
        return try self.chip.start(self.link)
    }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        let readings = try self.chip.collect(self.link)
        let now = self.link.now
        guard let judged = self.stuck?.judged(readings, at: now) else { return readings }
        // Once: a chip that stays stuck after it is flagged and left alone.
        if judged.becameStuck { self.mustPrepare = true }
        return judged.readings
    }

    /// Makes sure that the chip is the configured one before anything is written to it.
    private func identify() throws(SensorFault) {
        let place = "0x\(String(self.link.address, radix: 16))"
        switch try self.link.identify(among: self.signatures) {
        case .chip(self.title): break
        case .chip(let other):
            let remark = StrangeChips.remark(on: other).map { "; \($0)" } ?? ""
            throw SensorFault(.wrongChip, "found \(other) where \(self.title) is configured\(remark)")
        case .stranger:
            throw SensorFault(.wrongChip, "what answers at \(place) is no \(self.title) and no other known chip")
        case .silent:
            throw SensorFault(.nack, "nothing answers at \(place); check wiring, power and address")
        }
    }
}
