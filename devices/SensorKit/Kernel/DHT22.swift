/// Aosong DHT22 (AM2302) through the kernel's driver `dht11`: temperature −40…80 °C and relative humidity.
///
/// It can be asked every 2 s, and a few percent of its answers are lost: one more try after that time, then bad. Both
/// values come from one frame, which the driver keeps while the second is read.
/// Source: AM2302 data sheet; drivers/iio/humidity/dht11.c; sensors contract 3.
package struct DHT22: SensorDriver {
    /// The driver's name, for both chips.
    package static let driver = "dht11"
    /// Shortest interval, milliseconds.
    package static let intervalMinMilliseconds = 2_000

    private let location: SysfsLocation
    private let files: any SysfsFiles
    private var folder = ""

    package init(at location: SysfsLocation, files: any SysfsFiles) {
        self.location = location
        self.files = files
    }

    package var repetition: Repetition {
        Repetition(attemptsMax: 2, pause: .milliseconds(Self.intervalMinMilliseconds))
    }

    package mutating func prepare() throws(SensorFault) {
        self.folder = try self.location.resolve(in: .iio, files: self.files)
    }

    package mutating func start() throws(SensorFault) -> Duration {
        .zero  // the driver asks the chip while it is read
    }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        var readings: [ChannelReading] = []
        for attribute in SysfsAttribute.defaults(in: .iio).prefix(2) {
            // When the first fails the second is not read: it would ask the chip again, too soon.
            readings.append(try attribute.read(in: self.folder, files: self.files, driver: .named(Self.driver)))
        }
        return readings
    }
}
