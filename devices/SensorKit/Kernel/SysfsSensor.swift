/// A sensor whose chip the kernel drives, read through hwmon or iio files.
package struct SysfsSensor: SensorDriver {
    private let subsystem: SysfsSubsystem
    private let location: SysfsLocation
    /// Empty: whatever of the class's usual channels the driver has.
    private let wanted: [SysfsAttribute]
    private let files: any SysfsFiles
    private let clock: (any BusClock)?
    private var folder = ""
    private var driver: KernelDriver?
    private var stuck = StuckDetector()
    private var attributes: [SysfsAttribute] = []

    package init(
        _ subsystem: SysfsSubsystem,
        at location: SysfsLocation,
        attributes: [SysfsAttribute] = [],
        files: any SysfsFiles,
        clock: (any BusClock)? = nil
    ) {
        self.subsystem = subsystem
        self.location = location
        self.wanted = attributes
        self.files = files
        self.clock = clock
    }

    package mutating func prepare() throws(SensorFault) {
        let folder = try self.location.resolve(in: self.subsystem, files: self.files)
        if self.wanted.isEmpty {
            self.attributes = SysfsAttribute.defaults(in: self.subsystem)
                .filter { $0.isPresent(in: folder, files: self.files) }
            guard !self.attributes.isEmpty else {
                throw SensorFault(.wrongChip, "\(folder) has no temperature, humidity or pressure input; set 'inputs'")
            }
        } else {
            for attribute in self.wanted where !attribute.isPresent(in: folder, files: self.files) {
                throw SensorFault(.wrongChip, "\(folder) has neither \(attribute.base)_input nor \(attribute.base)_raw")
            }
            self.attributes = self.wanted
        }
        self.driver = SysfsLocation.name(at: folder, files: self.files).flatMap { KernelDriver.named($0) }
        self.folder = folder
    }

    package mutating func start() throws(SensorFault) -> Duration {
        .zero  // the driver converts while it is read
    }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        var readings: [ChannelReading] = []
        var firstFault: SensorFault?
        for attribute in self.attributes {
            do throws(SensorFault) {
                readings.append(try attribute.read(in: self.folder, files: self.files, driver: self.driver))
            } catch {
                firstFault = firstFault ?? error
                readings.append(ChannelReading(attribute.quantity, .bad(error.reason)))
            }
        }
        // One channel that fails does not take the others with it; when all do, the fault has more to say.
        if let firstFault, readings.allSatisfy({ $0.value == nil }) { throw firstFault }
        guard let clock = self.clock, self.driver?.flickers == true else { return readings }
        return self.stuck.judged(readings, at: clock.now).readings
    }
}
